#include "http/responder.h"

#include "http/connection.h"

namespace ordinaut::http {

Exchange::~Exchange() { connection->abandon(serial); }

WriteOutcome StreamWriter::write(std::string_view bytes) const {
    return exchange_ ? exchange_->connection->write(exchange_->serial, bytes) : WriteOutcome::kGone;
}

void StreamWriter::end() const {
    if (exchange_) exchange_->connection->end(exchange_->serial);
}

void StreamWriter::abort() const {
    if (exchange_) exchange_->connection->abort(exchange_->serial);
}

void StreamWriter::on_room(std::function<void()> callback) const {
    if (exchange_) exchange_->connection->on_room(exchange_->serial, std::move(callback));
}

void Responder::respond(Response response) const {
    if (exchange_) exchange_->connection->answer(exchange_->serial, std::move(response));
}

StreamWriter Responder::start(int status, const Headers& headers) const {
    if (!exchange_ || !exchange_->connection->start(exchange_->serial, status, headers)) return {};
    return StreamWriter(exchange_);
}

void Responder::on_gone(std::function<void()> callback) const {
    if (exchange_) exchange_->connection->on_gone(exchange_->serial, std::move(callback));
}

}  // namespace ordinaut::http
