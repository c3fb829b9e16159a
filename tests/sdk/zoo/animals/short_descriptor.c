/* Its descriptor ends early. */
#include "zoo.h"
ZOO(.struct_size = 40)
