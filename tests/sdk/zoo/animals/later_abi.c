/* Was built for another major of the ABI. */
#include "zoo.h"
ZOO(.abi_major = 2)
