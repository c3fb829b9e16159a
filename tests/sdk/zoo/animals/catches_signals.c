/* Installs a handler for the whole server. */
#include <signal.h>
#include "zoo.h"
static void ignore(int number) { (void)number; }
static ord_status start(void* instance) { return (void)instance, signal(SIGUSR1, ignore), ORD_OK; }
ZOO(.start = start)
