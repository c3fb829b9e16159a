#include "model/calendar.h"

namespace ordinaut {

std::string_view name_of(CalendarKind value) {
    return value == CalendarKind::kIcal ? "ical" : "dates";
}

}  // namespace ordinaut
