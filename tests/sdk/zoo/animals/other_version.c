/* Its manifest was updated, its code was not built again. */
#include "zoo.h"
ZOO(.version = ZOO_TEXT("0.9.0"))
