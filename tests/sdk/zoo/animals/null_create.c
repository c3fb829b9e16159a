/* Cannot be created. */
#include "zoo.h"
ZOO(.create = NULL)
