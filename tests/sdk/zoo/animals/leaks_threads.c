/* Starts a thread for each instance and leaves it behind. */
#include <pthread.h>
#include <unistd.h>
#include "zoo.h"
static void* wait_for_ever(void* nothing) {
    for (;;) pause();
    return nothing;
}
static ord_status start(void* instance) {
    pthread_t thread;
    (void)instance;
    if (pthread_create(&thread, NULL, wait_for_ever, NULL) != 0) return ORD_E_INTERNAL;
    return pthread_detach(thread), ORD_OK;
}
ZOO(.start = start)
