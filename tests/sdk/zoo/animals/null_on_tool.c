/* Offers a tool, but has nothing to call. */
#include "zoo.h"
ZOO(.on_tool = NULL)
