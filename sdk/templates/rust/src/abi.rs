// Bindings of Ordinaut's C headers, ABI 1.0. Generated: do not edit. What each function promises stands in the headers.
#![allow(dead_code)]
use std::os::raw::{c_char, c_void};

pub type OrdHandle = u64;
pub type OrdStatus = i32;

// types.h
pub const ORD_ABI_MAJOR: u32 = 1;
pub const ORD_ABI_MINOR: u32 = 0;
pub const ORD_OK: OrdStatus = 0;
pub const ORD_E_INVALID: OrdStatus = 1;
pub const ORD_E_DENIED: OrdStatus = 2;
pub const ORD_E_UNSUPPORTED: OrdStatus = 3;
pub const ORD_E_NOT_FOUND: OrdStatus = 4;
pub const ORD_E_CONFLICT: OrdStatus = 5;
pub const ORD_E_CANCELED: OrdStatus = 6;
pub const ORD_E_DEADLINE: OrdStatus = 7;
pub const ORD_E_AGAIN: OrdStatus = 8;
pub const ORD_E_LIMIT: OrdStatus = 9;
pub const ORD_E_GONE: OrdStatus = 10;
pub const ORD_E_STATE: OrdStatus = 11;
pub const ORD_E_HANDLE: OrdStatus = 12;
pub const ORD_E_RETRYABLE: OrdStatus = 13;
pub const ORD_E_RATE_LIMITED: OrdStatus = 14;
pub const ORD_E_TERMINAL: OrdStatus = 15;
pub const ORD_E_INTERNAL: OrdStatus = 16;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdStr {
    pub ptr: *const c_char,
    pub len: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdBuf {
    pub data: OrdStr,
    pub owner: OrdHandle,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdKv {
    pub key: OrdStr,
    pub value: OrdStr,
}

const _: [(); 16] = [(); std::mem::size_of::<OrdStr>()];
const _: [(); 24] = [(); std::mem::size_of::<OrdBuf>()];
const _: [(); 32] = [(); std::mem::size_of::<OrdKv>()];

// extension.h
pub const ORD_ASYNC_DATA: u32 = 1;
pub const ORD_ASYNC_END: u32 = 2;
pub const ORD_ASYNC_WRITABLE: u32 = 4;
pub const ORD_ASYNC_CANCELED: u32 = 8;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdCall {
    pub struct_size: u32,
    pub attempt: u32,
    pub inv: OrdHandle,
    pub deadline_ns: u64,
    pub trace_id: [u8; 16],
    pub span_id: [u8; 8],
    pub principal: OrdStr,
    pub scopes_json: OrdStr,
    pub idempotency_key: OrdStr,
    pub run_id: OrdStr,
    pub step_id: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdToolCall {
    pub struct_size: u32,
    pub reserved: u32,
    pub call: *const OrdCall,
    pub name: OrdStr,
    pub input_json: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdAsync {
    pub struct_size: u32,
    pub flags: u32,
    pub token: u64,
    pub status: OrdStatus,
    pub reserved: u32,
    pub head_json: OrdStr,
    pub bytes: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdHostV1 {
    pub struct_size: u32,
    pub abi_minor: u32,
    pub get_interface: Option<unsafe extern "C" fn(self_: OrdHandle, name: OrdStr, major: u32, table: *mut *const c_void, minor: *mut u32) -> OrdStatus>,
    pub finish: Option<unsafe extern "C" fn(inv: OrdHandle, status: OrdStatus, json: OrdStr, message: OrdStr) -> OrdStatus>,
    pub cancelled: Option<unsafe extern "C" fn(inv: OrdHandle) -> i32>,
    pub cancel: Option<unsafe extern "C" fn(self_: OrdHandle, token: u64) -> OrdStatus>,
    pub log: Option<unsafe extern "C" fn(self_: OrdHandle, level: u32, message: OrdStr, fields: *const OrdKv, n: u32)>,
    pub buf_release: Option<unsafe extern "C" fn(owner: OrdHandle)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdExtensionV1 {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub max_concurrency: u32,
    pub id: OrdStr,
    pub version: OrdStr,
    pub create: Option<unsafe extern "C" fn(host: *const OrdHostV1, self_: OrdHandle, config_json: OrdStr, instance: *mut *mut c_void) -> OrdStatus>,
    pub start: Option<unsafe extern "C" fn(instance: *mut c_void) -> OrdStatus>,
    pub reconfigure: Option<unsafe extern "C" fn(instance: *mut c_void, config_json: OrdStr) -> OrdStatus>,
    pub health: Option<unsafe extern "C" fn(instance: *mut c_void, call: *const OrdCall) -> OrdStatus>,
    pub quiesce: Option<unsafe extern "C" fn(instance: *mut c_void, deadline_ns: u64)>,
    pub stop: Option<unsafe extern "C" fn(instance: *mut c_void)>,
    pub destroy: Option<unsafe extern "C" fn(instance: *mut c_void)>,
    pub on_tool: Option<unsafe extern "C" fn(instance: *mut c_void, call: *const OrdToolCall) -> OrdStatus>,
    pub on_http: Option<unsafe extern "C" fn(instance: *mut c_void, request: *const OrdHttpRequest) -> OrdStatus>,
    pub on_event: Option<unsafe extern "C" fn(instance: *mut c_void, event: *const OrdEvent) -> OrdStatus>,
    pub on_task: Option<unsafe extern "C" fn(instance: *mut c_void, task: *const OrdTask) -> OrdStatus>,
    pub on_async: Option<unsafe extern "C" fn(instance: *mut c_void, answer: *const OrdAsync)>,
    pub on_cancel: Option<unsafe extern "C" fn(instance: *mut c_void, inv: OrdHandle)>,
    pub get_interface: Option<unsafe extern "C" fn(name: OrdStr, major: u32) -> *const c_void>,
}

const _: [(); 128] = [(); std::mem::size_of::<OrdCall>()];
const _: [(); 48] = [(); std::mem::size_of::<OrdToolCall>()];
const _: [(); 56] = [(); std::mem::size_of::<OrdAsync>()];
const _: [(); 56] = [(); std::mem::size_of::<OrdHostV1>()];
const _: [(); 160] = [(); std::mem::size_of::<OrdExtensionV1>()];

// http.h
pub const ORD_ROUTE_PUBLIC: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdHttpRequest {
    pub struct_size: u32,
    pub n_headers: u32,
    pub n_params: u32,
    pub n_query: u32,
    pub call: *const OrdCall,
    pub route_token: u64,
    pub method: OrdStr,
    pub path: OrdStr,
    pub raw_query: OrdStr,
    pub headers: *const OrdKv,
    pub params: *const OrdKv,
    pub query: *const OrdKv,
    pub body: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdRoute {
    pub struct_size: u32,
    pub flags: u32,
    pub token: u64,
    pub method: OrdStr,
    pub pattern: OrdStr,
    pub body_max: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdHttpResponse {
    pub struct_size: u32,
    pub status: u32,
    pub inv: OrdHandle,
    pub headers: *const OrdKv,
    pub n_headers: u32,
    pub reserved: u32,
    pub body: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdHttpWrite {
    pub struct_size: u32,
    pub reserved: u32,
    pub inv: OrdHandle,
    pub token: u64,
    pub bytes: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdHttpV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub add_route: Option<unsafe extern "C" fn(self_: OrdHandle, route: *const OrdRoute) -> OrdStatus>,
    pub respond: Option<unsafe extern "C" fn(self_: OrdHandle, response: *const OrdHttpResponse) -> OrdStatus>,
    pub start: Option<unsafe extern "C" fn(self_: OrdHandle, response: *const OrdHttpResponse) -> OrdStatus>,
    pub write: Option<unsafe extern "C" fn(self_: OrdHandle, write: *const OrdHttpWrite) -> OrdStatus>,
    pub end: Option<unsafe extern "C" fn(self_: OrdHandle, inv: OrdHandle) -> OrdStatus>,
}

const _: [(); 120] = [(); std::mem::size_of::<OrdHttpRequest>()];
const _: [(); 56] = [(); std::mem::size_of::<OrdRoute>()];
const _: [(); 48] = [(); std::mem::size_of::<OrdHttpResponse>()];
const _: [(); 40] = [(); std::mem::size_of::<OrdHttpWrite>()];
const _: [(); 48] = [(); std::mem::size_of::<OrdHttpV1>()];

// tools.h
pub const ORD_EFFECT_IDEMPOTENT: u32 = 0;
pub const ORD_EFFECT_PURE: u32 = 1;
pub const ORD_EFFECT_AT_MOST_ONCE: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdToolSpec {
    pub struct_size: u32,
    pub effect: u32,
    pub name: OrdStr,
    pub description: OrdStr,
    pub input_schema_json: OrdStr,
    pub output_schema_json: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdToolProgress {
    pub struct_size: u32,
    pub permille: u32,
    pub inv: OrdHandle,
    pub message: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdToolInvoke {
    pub struct_size: u32,
    pub reserved: u32,
    pub inv: OrdHandle,
    pub token: u64,
    pub deadline_ns: u64,
    pub name: OrdStr,
    pub input_json: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdToolsV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub register_tool: Option<unsafe extern "C" fn(self_: OrdHandle, spec: *const OrdToolSpec) -> OrdStatus>,
    pub unregister_tool: Option<unsafe extern "C" fn(self_: OrdHandle, name: OrdStr) -> OrdStatus>,
    pub progress: Option<unsafe extern "C" fn(self_: OrdHandle, progress: *const OrdToolProgress) -> OrdStatus>,
    pub invoke: Option<unsafe extern "C" fn(self_: OrdHandle, call: *const OrdToolInvoke) -> OrdStatus>,
    pub list: Option<unsafe extern "C" fn(self_: OrdHandle, out: *mut OrdBuf) -> OrdStatus>,
}

const _: [(); 72] = [(); std::mem::size_of::<OrdToolSpec>()];
const _: [(); 64] = [(); std::mem::size_of::<OrdToolInvoke>()];
const _: [(); 48] = [(); std::mem::size_of::<OrdToolsV1>()];

// events.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdEvent {
    pub struct_size: u32,
    pub redelivered: u32,
    pub call: *const OrdCall,
    pub subscription: OrdHandle,
    pub id: OrdStr,
    pub topic: OrdStr,
    pub source: OrdStr,
    pub causation_id: OrdStr,
    pub published_at: OrdStr,
    pub payload_json: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdEventPublish {
    pub struct_size: u32,
    pub reserved: u32,
    pub inv: OrdHandle,
    pub token: u64,
    pub ns: OrdStr,
    pub topic: OrdStr,
    pub payload_json: OrdStr,
    pub event_id: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdEventSubscription {
    pub struct_size: u32,
    pub max_in_flight: u32,
    pub ns: OrdStr,
    pub topic: OrdStr,
    pub group: OrdStr,
    pub from_id: OrdStr,
    pub ack_timeout_ns: u64,
    pub max_deliveries: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdEventsV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub publish: Option<unsafe extern "C" fn(self_: OrdHandle, event: *const OrdEventPublish) -> OrdStatus>,
    pub subscribe: Option<unsafe extern "C" fn(self_: OrdHandle, spec: *const OrdEventSubscription, subscription: *mut OrdHandle) -> OrdStatus>,
    pub unsubscribe: Option<unsafe extern "C" fn(self_: OrdHandle, subscription: OrdHandle) -> OrdStatus>,
}

const _: [(); 120] = [(); std::mem::size_of::<OrdEvent>()];
const _: [(); 88] = [(); std::mem::size_of::<OrdEventPublish>()];
const _: [(); 88] = [(); std::mem::size_of::<OrdEventSubscription>()];
const _: [(); 32] = [(); std::mem::size_of::<OrdEventsV1>()];

// background.h
pub const ORD_TASK_CLUSTER: u32 = 1;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdTask {
    pub struct_size: u32,
    pub restarts: u32,
    pub call: *const OrdCall,
    pub task: OrdHandle,
    pub name: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdTaskSpec {
    pub struct_size: u32,
    pub flags: u32,
    pub name: OrdStr,
    pub period_ns: u64,
    pub backoff_min_ns: u64,
    pub backoff_max_ns: u64,
    pub heartbeat_ns: u64,
    pub max_failures: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdBackgroundV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub spawn: Option<unsafe extern "C" fn(self_: OrdHandle, spec: *const OrdTaskSpec, task: *mut OrdHandle) -> OrdStatus>,
    pub stop: Option<unsafe extern "C" fn(self_: OrdHandle, task: OrdHandle) -> OrdStatus>,
    pub sleep: Option<unsafe extern "C" fn(self_: OrdHandle, task: OrdHandle, duration_ns: u64) -> OrdStatus>,
    pub heartbeat: Option<unsafe extern "C" fn(self_: OrdHandle, task: OrdHandle) -> OrdStatus>,
}

const _: [(); 40] = [(); std::mem::size_of::<OrdTask>()];
const _: [(); 64] = [(); std::mem::size_of::<OrdTaskSpec>()];
const _: [(); 40] = [(); std::mem::size_of::<OrdBackgroundV1>()];

// core.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdCoreCall {
    pub struct_size: u32,
    pub reserved: u32,
    pub inv: OrdHandle,
    pub token: u64,
    pub deadline_ns: u64,
    pub operation: OrdStr,
    pub input_json: OrdStr,
    pub idempotency_key: OrdStr,
    pub if_match: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdCoreWatch {
    pub struct_size: u32,
    pub reserved: u32,
    pub inv: OrdHandle,
    pub token: u64,
    pub filter_json: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdCoreV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub call: Option<unsafe extern "C" fn(self_: OrdHandle, call: *const OrdCoreCall) -> OrdStatus>,
    pub watch: Option<unsafe extern "C" fn(self_: OrdHandle, watch: *const OrdCoreWatch) -> OrdStatus>,
}

const _: [(); 96] = [(); std::mem::size_of::<OrdCoreCall>()];
const _: [(); 40] = [(); std::mem::size_of::<OrdCoreWatch>()];
const _: [(); 24] = [(); std::mem::size_of::<OrdCoreV1>()];

// kv.h
pub const ORD_KV_ANY: u64 = u64::MAX;
pub const ORD_KV_NEW: u32 = 0;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdKvGet {
    pub struct_size: u32,
    pub reserved: u32,
    pub token: u64,
    pub key: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdKvPut {
    pub struct_size: u32,
    pub reserved: u32,
    pub token: u64,
    pub expected_revision: u64,
    pub key: OrdStr,
    pub value_json: OrdStr,
    pub ttl_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdKvErase {
    pub struct_size: u32,
    pub reserved: u32,
    pub token: u64,
    pub expected_revision: u64,
    pub key: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdKvScan {
    pub struct_size: u32,
    pub limit: u32,
    pub token: u64,
    pub prefix: OrdStr,
    pub after: OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdKvV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub get: Option<unsafe extern "C" fn(self_: OrdHandle, get: *const OrdKvGet) -> OrdStatus>,
    pub put: Option<unsafe extern "C" fn(self_: OrdHandle, put: *const OrdKvPut) -> OrdStatus>,
    pub erase: Option<unsafe extern "C" fn(self_: OrdHandle, erase: *const OrdKvErase) -> OrdStatus>,
    pub scan: Option<unsafe extern "C" fn(self_: OrdHandle, scan: *const OrdKvScan) -> OrdStatus>,
}

const _: [(); 32] = [(); std::mem::size_of::<OrdKvGet>()];
const _: [(); 64] = [(); std::mem::size_of::<OrdKvPut>()];
const _: [(); 40] = [(); std::mem::size_of::<OrdKvErase>()];
const _: [(); 48] = [(); std::mem::size_of::<OrdKvScan>()];
const _: [(); 40] = [(); std::mem::size_of::<OrdKvV1>()];

// metrics.h
pub const ORD_METRIC_COUNTER: u32 = 0;
pub const ORD_METRIC_GAUGE: u32 = 1;
pub const ORD_METRIC_HISTOGRAM: u32 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdMetricSpec {
    pub struct_size: u32,
    pub kind: u32,
    pub name: OrdStr,
    pub help: OrdStr,
    pub labels: *const OrdStr,
    pub buckets: *const f64,
    pub n_labels: u32,
    pub n_buckets: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdMetricSample {
    pub struct_size: u32,
    pub n_values: u32,
    pub metric: OrdHandle,
    pub value: f64,
    pub values: *const OrdStr,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdMetricsV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub define: Option<unsafe extern "C" fn(self_: OrdHandle, spec: *const OrdMetricSpec, metric: *mut OrdHandle) -> OrdStatus>,
    pub record: Option<unsafe extern "C" fn(self_: OrdHandle, sample: *const OrdMetricSample) -> OrdStatus>,
    pub collect: Option<unsafe extern "C" fn(self_: OrdHandle, out: *mut OrdBuf) -> OrdStatus>,
}

const _: [(); 64] = [(); std::mem::size_of::<OrdMetricSpec>()];
const _: [(); 32] = [(); std::mem::size_of::<OrdMetricSample>()];
const _: [(); 32] = [(); std::mem::size_of::<OrdMetricsV1>()];

// timer.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdTimerAfter {
    pub struct_size: u32,
    pub reserved: u32,
    pub token: u64,
    pub delay_ns: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdTimerV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub now: Option<unsafe extern "C" fn(self_: OrdHandle, unix_ns: *mut i64, monotonic_ns: *mut u64) -> OrdStatus>,
    pub after: Option<unsafe extern "C" fn(self_: OrdHandle, timer: *const OrdTimerAfter) -> OrdStatus>,
}

const _: [(); 24] = [(); std::mem::size_of::<OrdTimerAfter>()];
const _: [(); 24] = [(); std::mem::size_of::<OrdTimerV1>()];

// config.h

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdConfigV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub get: Option<unsafe extern "C" fn(self_: OrdHandle, key: OrdStr, out: *mut OrdBuf) -> OrdStatus>,
    pub secret: Option<unsafe extern "C" fn(self_: OrdHandle, name: OrdStr, out: *mut OrdBuf) -> OrdStatus>,
}

const _: [(); 24] = [(); std::mem::size_of::<OrdConfigV1>()];

// log.h
pub const ORD_LOG_DEBUG: u32 = 0;
pub const ORD_LOG_INFO: u32 = 1;
pub const ORD_LOG_WARN: u32 = 2;
pub const ORD_LOG_ERROR: u32 = 3;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdLogLine {
    pub struct_size: u32,
    pub level: u32,
    pub inv: OrdHandle,
    pub message: OrdStr,
    pub fields: *const OrdKv,
    pub n: u32,
    pub reserved: u32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct OrdLogV1 {
    pub struct_size: u32,
    pub minor: u32,
    pub write: Option<unsafe extern "C" fn(self_: OrdHandle, line: *const OrdLogLine) -> OrdStatus>,
}

const _: [(); 48] = [(); std::mem::size_of::<OrdLogLine>()];
const _: [(); 16] = [(); std::mem::size_of::<OrdLogV1>()];
