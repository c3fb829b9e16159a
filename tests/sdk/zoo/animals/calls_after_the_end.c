/* Calls the host in the middle of being destroyed, when its handle is gone for good. */
#include <pthread.h>
#include <unistd.h>
#include "zoo.h"
static void* talk(void* nothing) {
    for (int n = 0; n < 50; ++n) {
        zoo_host->log(zoo_self, ORD_LOG_INFO, zoo_text("still here"), NULL, 0);
        usleep(2000);
    }
    return nothing;
}
static void destroy(void* instance) {
    pthread_t thread;
    (void)instance;
    if (pthread_create(&thread, NULL, talk, NULL) == 0) pthread_detach(thread);
}
ZOO(.destroy = destroy)
