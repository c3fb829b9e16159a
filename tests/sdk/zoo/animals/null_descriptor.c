/* Says that it cannot run here. */
#include "zoo.h"
ORD_EXPORT const ord_extension_v1* ordinaut_extension_v1(void) { return NULL; }
