/* Installs a handler for the whole server. */
#include "zoo.h"
#include <signal.h>
static void ignore(int number) { (void)number; }
static ord_status start(void *instance) { return (void)instance, signal(SIGUSR1, ignore), ORD_OK; }
ZOO(.start = start)
