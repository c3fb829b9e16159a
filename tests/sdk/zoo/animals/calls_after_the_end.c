/* Calls the host in the middle of being destroyed, when its handle is gone for good. */
#include <pthread.h>
#include <unistd.h>
#include "zoo.h"
/* With the handle of its own life: the same copy of the library may live again meanwhile. */
static void* talk(void* self) {
    for (int n = 0; n < 50; ++n) {
        zoo_host->log((ord_handle)(uintptr_t)self, ORD_LOG_INFO, zoo_text("still here"), NULL, 0);
        usleep(2000);
    }
    return NULL;
}
static void destroy(void* instance) {
    pthread_t thread;
    (void)instance;
    if (pthread_create(&thread, NULL, talk, (void*)(uintptr_t)zoo_self) == 0)
        pthread_detach(thread);
}
ZOO(.destroy = destroy)
