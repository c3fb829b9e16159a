#include "process_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily one(const char* name, const char* help, MetricType type, double value) {
    MetricFamily family{name, help, type, {}};
    family.metric.emplace_back();
    family.metric[0].counter.value = value;
    family.metric[0].gauge.value = value;
    return family;
}

// The fields of /proc/self/stat after the command's name, which may hold anything; the first is
// the one that proc(5) numbers 3.
std::vector<double> stat_fields() {
    std::ifstream file("/proc/self/stat");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const auto after_name = text.rfind(')');
    if (after_name == std::string::npos) return {};
    std::istringstream fields(text.substr(after_name + 2));
    std::string state;
    fields >> state;
    std::vector<double> numbers{0};
    for (double number = 0; fields >> number;) numbers.push_back(number);
    return numbers;
}

double boot_time() {
    std::ifstream file("/proc/stat");
    for (std::string line; std::getline(file, line);)
        if (line.rfind("btime ", 0) == 0) return std::stod(line.substr(6));
    return 0;
}

double open_files() {
    DIR* folder = opendir("/proc/self/fd");
    if (folder == nullptr) return 0;
    double count = -3;  // ".", ".." and the folder itself.
    while (readdir(folder) != nullptr) ++count;
    closedir(folder);
    return count;
}

double open_files_max() {
    rlimit limit{};
    return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

}  // namespace

std::vector<MetricFamily> process_metrics() {
    // Positions less 3 in proc(5): utime 14, stime 15, num_threads 20, starttime 22, vsize 23,
    // rss 24.
    const auto stat = stat_fields();
    if (stat.size() < 22) return {};
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    return {
        one("process_cpu_seconds_total", "User and system CPU time spent, in seconds.",
            MetricType::Counter, (stat[11] + stat[12]) / ticks),
        one("process_max_fds", "How many file descriptors may be open.", MetricType::Gauge,
            open_files_max()),
        one("process_open_fds", "How many file descriptors are open.", MetricType::Gauge,
            open_files()),
        one("process_resident_memory_bytes", "Resident memory, in bytes.", MetricType::Gauge,
            stat[21] * page),
        one("process_start_time_seconds", "When the process started, in seconds since 1970.",
            MetricType::Gauge, boot_time() + stat[19] / ticks),
        one("process_threads", "How many threads the process has.", MetricType::Gauge, stat[17]),
        one("process_virtual_memory_bytes", "Virtual memory, in bytes.", MetricType::Gauge,
            stat[20]),
    };
}
