#include "transfers.h"

#include <set>

namespace http_extension {

struct Transfers::State {
    CURLM* const multi = curl_multi_init();
    std::mutex mutex;
    std::vector<std::unique_ptr<Request>> arrived;
    std::set<ord_handle> canceled;
    bool stopping = false;
    std::unordered_map<ord_handle, std::unique_ptr<Request>> active;  // Of the thread alone.

    ~State() { curl_multi_cleanup(multi); }

    void cancel(ord_handle inv) {
        {
            const std::lock_guard lock(mutex);
            canceled.insert(inv);
        }
        curl_multi_wakeup(multi);
    }

    std::unique_ptr<Request> take(ord_handle inv) {
        const auto found = active.find(inv);
        if (found == active.end()) return nullptr;
        auto request = std::move(found->second);
        active.erase(found);
        curl_multi_remove_handle(multi, request->handle());
        return request;
    }

    // False: time to stop.
    bool take_orders() {
        std::vector<std::unique_ptr<Request>> begin;
        std::set<ord_handle> end;
        bool stop = false;
        {
            const std::lock_guard lock(mutex);
            begin.swap(arrived);
            end.swap(canceled);
            stop = stopping;
        }
        for (auto& request : begin) {
            curl_multi_add_handle(multi, request->handle());
            active.emplace(request->call().inv(), std::move(request));
        }
        for (const ord_handle inv : end)
            if (const auto request = take(inv)) request->call().fail(ORD_E_CANCELED, "canceled");
        return !stop;
    }

    void finish_done() {
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            const CURLcode code = message->data.result;
            char* self = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
            if (const auto request = take(reinterpret_cast<Request*>(self)->call().inv()))
                request->finish(code);
        }
    }

    void run() {
        while (take_orders()) {
            int running = 0;
            curl_multi_perform(multi, &running);
            finish_done();
            curl_multi_poll(multi, nullptr, 0, 60'000, nullptr);
        }
        for (const auto& [inv, request] : active) {
            curl_multi_remove_handle(multi, request->handle());
            request->call().fail(ORD_E_RETRYABLE, "the extension is stopping");
        }
        active.clear();
    }
};

Transfers::Transfers(const Settings& settings) : state_(std::make_shared<State>()) {
    curl_multi_setopt(state_->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.connections_max);
    thread_ = std::thread([state = state_] { state->run(); });
}

Transfers::~Transfers() { stop(); }

void Transfers::add(std::unique_ptr<Request> request) {
    const ordinaut::Completion call = request->call();
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopping) return call.fail(ORD_E_RETRYABLE, "the extension is stopping");
        state_->arrived.push_back(std::move(request));
    }
    curl_multi_wakeup(state_->multi);
    call.on_cancel([weak = std::weak_ptr(state_), inv = call.inv()] {
        if (const auto state = weak.lock()) state->cancel(inv);
    });
}

void Transfers::stop() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    curl_multi_wakeup(state_->multi);
    if (thread_.joinable()) thread_.join();
}

}  // namespace http_extension
