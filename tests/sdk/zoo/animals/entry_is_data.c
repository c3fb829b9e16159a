/* Exports a table where a function should be. */
#include "zoo.h"
__attribute__((visibility("default"))) const int zoo_entry __asm__("ordinaut_extension_v1") = 1;
