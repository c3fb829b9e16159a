// Everything durable, in one hand: what postgres/ and memory/ each provide.
#pragma once
#include "store/agent_store.h"
#include "store/calendar_store.h"
#include "store/change_store.h"
#include "store/condition_store.h"
#include "store/event_store.h"
#include "store/extension_store.h"
#include "store/kv_store.h"
#include "store/lease_store.h"
#include "store/queue_store.h"
#include "store/run_store.h"
#include "store/schedule_store.h"
#include "store/secret_store.h"
#include "store/system_store.h"
#include "store/task_store.h"
#include "store/wakeup.h"

namespace ordinaut::store {

struct Stores {
    TaskStore& tasks;
    ScheduleStore& schedules;
    QueueStore& queue;
    RunStore& runs;
    AgentStore& agents;
    SecretStore& secrets;
    CalendarStore& calendars;
    SystemStore& system;
    ExtensionStore& extensions;
    Wakeup& wakeup;
    KvStore& kv;
    LeaseStore& leases;
    ConditionStore& conditions;
    ChangeStore& changes;
    EventStore& events;
};

}  // namespace ordinaut::store
