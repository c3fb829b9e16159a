/* Its code says another id than its manifest. */
#include "zoo.h"
ZOO(.id = ZOO_TEXT("somebody"))
