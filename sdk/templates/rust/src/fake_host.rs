//! A host for unit tests: runs the extension in the test's process and catches its answers.
use crate::abi::*;
use crate::host::to_c;
use std::collections::HashMap;
use std::os::raw::c_void;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Mutex;

pub struct Answer {
    pub status: OrdStatus,
    pub json: String,
}

static LAST: AtomicU64 = AtomicU64::new(1);
static ANSWERS: Mutex<Option<HashMap<OrdHandle, Answer>>> = Mutex::new(None);

unsafe fn owned(text: OrdStr) -> String {
    if text.ptr.is_null() {
        return String::new();
    }
    String::from_utf8_lossy(std::slice::from_raw_parts(text.ptr as *const u8, text.len as usize)).into_owned()
}

unsafe extern "C" fn get_interface(_own: OrdHandle, name: OrdStr, _major: u32, table: *mut *const c_void, _minor: *mut u32) -> OrdStatus {
    if owned(name) != "ord.tools" {
        return ORD_E_UNSUPPORTED;
    }
    *table = &TOOLS as *const OrdToolsV1 as *const c_void;
    ORD_OK
}
unsafe extern "C" fn finish(inv: OrdHandle, status: OrdStatus, json: OrdStr, _message: OrdStr) -> OrdStatus {
    let second = ANSWERS.lock().unwrap().get_or_insert_with(HashMap::new).insert(inv, Answer { status, json: owned(json) });
    assert!(second.is_none(), "finished twice");
    ORD_OK
}
unsafe extern "C" fn cancelled(_inv: OrdHandle) -> i32 {
    0
}
unsafe extern "C" fn cancel(_own: OrdHandle, _token: u64) -> OrdStatus {
    ORD_E_NOT_FOUND
}
unsafe extern "C" fn log(_own: OrdHandle, level: u32, message: OrdStr, _fields: *const OrdKv, _n: u32) {
    eprintln!("log {level}: {}", owned(message));
}
unsafe extern "C" fn buf_release(_owner: OrdHandle) {}
unsafe extern "C" fn register_tool(_own: OrdHandle, _spec: *const OrdToolSpec) -> OrdStatus {
    ORD_OK
}

static HOST: OrdHostV1 = OrdHostV1 {
    struct_size: std::mem::size_of::<OrdHostV1>() as u32,
    abi_minor: ORD_ABI_MINOR,
    get_interface: Some(get_interface),
    finish: Some(finish),
    cancelled: Some(cancelled),
    cancel: Some(cancel),
    log: Some(log),
    buf_release: Some(buf_release),
};
static TOOLS: OrdToolsV1 = OrdToolsV1 {
    struct_size: std::mem::size_of::<OrdToolsV1>() as u32,
    minor: 0,
    register_tool: Some(register_tool),
    unregister_tool: None,
    progress: None,
    invoke: None,
    list: None,
};

pub struct FakeHost {
    extension: &'static OrdExtensionV1,
    instance: *mut c_void,
}

impl FakeHost {
    pub fn start(extension: *const OrdExtensionV1) -> FakeHost {
        let extension = unsafe { &*extension };
        let mut instance = std::ptr::null_mut();
        unsafe {
            assert_eq!((extension.create.unwrap())(&HOST, 1, to_c("{}"), &mut instance), ORD_OK);
            assert_eq!((extension.start.unwrap())(instance), ORD_OK);
        }
        FakeHost { extension, instance }
    }

    /// Calls a tool that answers before its upcall returns.
    pub fn call(&self, tool: &str, input: &str) -> Answer {
        let inv = LAST.fetch_add(1, Ordering::SeqCst);
        let context = OrdCall {
            struct_size: std::mem::size_of::<OrdCall>() as u32,
            attempt: 1,
            inv,
            deadline_ns: 0,
            trace_id: [0; 16],
            span_id: [0; 8],
            principal: to_c("tester"),
            scopes_json: to_c("[]"),
            idempotency_key: to_c(""),
            run_id: to_c(""),
            step_id: to_c(""),
        };
        let call = OrdToolCall {
            struct_size: std::mem::size_of::<OrdToolCall>() as u32,
            reserved: 0,
            call: &context,
            name: to_c(tool),
            input_json: to_c(input),
        };
        let status = unsafe { (self.extension.on_tool.unwrap())(self.instance, &call) };
        let answer = ANSWERS.lock().unwrap().get_or_insert_with(HashMap::new).remove(&inv);
        match answer {
            Some(answer) => answer,
            None => Answer { status, json: String::new() },
        }
    }
}

impl Drop for FakeHost {
    fn drop(&mut self) {
        unsafe {
            (self.extension.quiesce.unwrap())(self.instance, 0);
            (self.extension.stop.unwrap())(self.instance);
            (self.extension.destroy.unwrap())(self.instance);
        }
    }
}
