/* Allocates for each instance and frees nothing. */
#include <stdlib.h>
#include "zoo.h"
static void* volatile kept;
static ord_status start(void* instance) { return (void)instance, kept = malloc(1000), ORD_OK; }
ZOO(.start = start)
