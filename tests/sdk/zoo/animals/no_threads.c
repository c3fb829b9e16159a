/* Allows nobody in. */
#include "zoo.h"
ZOO(.max_concurrency = 0)
