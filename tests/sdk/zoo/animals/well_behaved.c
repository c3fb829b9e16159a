/* Does everything right. */
#include "zoo.h"
ZOO(.reconfigure = NULL)
