// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/watchdog.hpp"
#include "host/error_answer.hpp"
#include "host/outgoing.hpp"
#include "host/request_state.hpp"
#include "host/serving_settings.hpp"
#include "http/handler.hpp"
#include "http/loop_server.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

class Runtime;

// Takes the requests of one loop through the steps of request_state.hpp, each in the generation it began in.
// Thread: the loop's, unless tagged [any].
class Dispatcher final : public http::Handler {
public:
    explicit Dispatcher(Runtime& runtime) : runtime_(runtime) {}

    // Once, before the first exchange. `pulse` is told whose code runs on the loop.
    void attach(http::LoopServer& server, base::Pulse& pulse) {
        server_ = &server;
        pulse_ = &pulse;
    }
    // For requests from now on. The one before is let go with its last exchange.
    void publish(std::shared_ptr<Generation> generation);
    // The end: requests from now on are answered 503. `empty` has no plugins; it takes the place of the last
    // generation, which is let go with its last exchange.
    void close(std::shared_ptr<Generation> empty);
    // As Server::endExchanges.
    void endExchanges(const Generation& generation);
    // Answers 503 for what a plugin has kept too long. To be called about once a second.
    void sweep();

    // [any] The claimer's way out: sends at once on the loop, else hands state.answer over to it.
    void deliver(http::Exchange& exchange, RequestState& state);
    // After the claim was won. Clears nothing: the exchange ends here.
    void send(http::Exchange& exchange, RequestState& state, Outgoing outgoing);
    // [any] Claims the exchange and answers it, unless somebody else did.
    void refuse(http::Exchange& exchange, RequestState& state, const ErrorAnswer& answer, std::string_view field = {},
                std::string_view value = {});
    // [any] Somebody who lost the claim is done with the exchange: when the host had answered in its place, it ends
    // now.
    void late(http::ExchangeId id);
    // [any] After the claim was won: leaves the answer in state.answer.
    void prepareError(http::Exchange& exchange, RequestState& state, const ErrorAnswer& answer) const;
    // [any] A filter's PENDING went on. False: it did before, or the exchange is over.
    bool resume(http::Exchange& exchange, http::ExchangeId id, mortise_status outcome);
    // Sends what waits in the exchange's stream.
    void pumpStream(http::Exchange& exchange, RequestState& state);
    // While filters look at the answer: has it go through `theirs`, as mortise_response.transform says.
    mortise_status transform(http::Exchange& exchange, RequestState& state, Outgoing& outgoing,
                             const mortise_transformer& theirs, const Instance& owner) noexcept;

    static RequestState& stateOf(http::Exchange& exchange) noexcept {
        return static_cast<RequestState&>(exchange.attachment());
    }

    std::unique_ptr<http::Attachment> makeAttachment() override;
    void onHead(http::Exchange& exchange) noexcept override;
    void onBody(http::Exchange& exchange) noexcept override;
    void onBodyPiece(http::Exchange& exchange, std::string_view piece) noexcept override;
    void onMalformed(http::Exchange& exchange, const http::Fault& fault) noexcept override;
    void onCancelled(http::Exchange& exchange) noexcept override;
    void onWritable(http::Exchange& exchange) noexcept override;
    void onFinished(http::Exchange& exchange, const http::Outcome& outcome) noexcept override;

private:
    static constexpr std::uint64_t onLoop = 0;                  // instead of a worker's ticket
    static constexpr std::size_t parsedOnLoopBytes = 64 * 1024; // larger bodies are parsed on a worker

    void begin(http::Exchange& exchange, RequestState& state);
    void unpin(LoopGeneration& pinned) noexcept;
    // Sends state.answer in place of a plugin that still works on the request, after takeOver() where it is on a
    // worker. The exchange lives on until that plugin lets go of it or, with `gone`, until its call has returned.
    void detach(http::Exchange& exchange, RequestState& state, bool gone);
    void releaseDetached(http::ExchangeId id);
    // A worker came back from a plugin and found the request taken. `kept`: the plugin will answer later.
    void returned(http::ExchangeId id, bool kept);
    void cutSilentStream(http::Exchange& exchange, RequestState& state);
    // Both leave the transformer to its filter by taking it back.
    mortise_status transformOnWorker(http::Exchange& exchange, RequestState& state, Outgoing& outgoing,
                                     std::unique_ptr<Transformer>& transformer);
    mortise_status transformStream(http::Exchange& exchange, RequestState& state,
                                   std::unique_ptr<Transformer>& transformer, const Instance& owner);
    void endTransformation(http::ExchangeId id, Transformation& made);
    void cutTransformation(http::Exchange& exchange, RequestState& state);
    // In place of the answer that is being transformed.
    void answerInstead(http::Exchange& exchange, RequestState& state, const ErrorAnswer& answer);
    void runFinishFilters(http::Exchange& exchange, RequestState& state, const http::Outcome& outcome) noexcept;
    // Filters of `respond`, and what the host says of every answer.
    void prepareHead(http::Exchange& exchange, RequestState& state, Outgoing& outgoing, std::uint32_t body);
    // [loop or worker] Goes on from state.step until something has to be waited for or the exchange is answered.
    // `ticket` is the worker's, onLoop on the loop.
    void advance(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) noexcept;
    void takeSteps(http::Exchange& exchange, RequestState& state, std::uint64_t ticket);
    bool runFilters(http::Exchange& exchange, RequestState& state, std::size_t phase);
    bool findRoute(http::Exchange& exchange, RequestState& state);
    bool authenticate(http::Exchange& exchange, RequestState& state, std::uint64_t ticket);
    bool prepareBody(http::Exchange& exchange, RequestState& state);
    // After readBody(): ends the request where that said no.
    void askForBody(http::Exchange& exchange, RequestState& state, bool asked);
    // Multipart bodies, in dispatcher_upload.cpp. False: refused.
    void endUpload(http::Exchange& exchange, RequestState& state) noexcept;
    void beginUpload(http::Exchange& exchange, RequestState& state, std::uint64_t limit);
    bool chargeUpload(http::Exchange& exchange, RequestState& state, std::uint64_t before);
    // Has written what waits to be, lets the client go on or wait, and goes on itself when everything is there.
    void driveUpload(http::Exchange& exchange, RequestState& state);
    void endWriting(http::ExchangeId id, int failure) noexcept; // an errno, or 0
    // Refuses an upload whose disk does not answer in time.
    void cutStuckUpload(http::Exchange& exchange, RequestState& state);
    bool validate(http::Exchange& exchange, RequestState& state);
    void handle(http::Exchange& exchange, RequestState& state, std::uint64_t ticket);
    void callHandler(http::Exchange& exchange, RequestState& state, std::uint64_t ticket);
    // [loop] Goes on from state.step on a worker, or answers 503.
    void toWorker(http::Exchange& exchange, RequestState& state);
    void onWorker(http::Exchange& exchange, RequestState& state, std::uint64_t ticket) noexcept;
    // [worker] Around every call into a plugin. False: the request is not this worker's any more, or answered.
    bool enterPlugin(http::Exchange& exchange, RequestState& state, std::uint64_t ticket, const Instance& owner);
    bool leavePlugin(http::ExchangeId id, RequestState& state, std::uint64_t ticket, bool kept);
    // From here on `holder` has the request and a time limit.
    void handTo(RequestState& state, const Instance& holder, std::uint64_t ticket) const;
    static void takeBack(RequestState& state) noexcept { state.deadlineMs.store(0, std::memory_order_release); }
    // False, and answered with 503: the plugin is not to be called any more.
    bool mayCall(http::Exchange& exchange, RequestState& state, const Instance& owner);
    void toLoop(http::Exchange& exchange, RequestState& state);
    void fail(http::Exchange& exchange, RequestState& state, const Instance& owner, std::string_view what);
    void armSweep();

    Runtime& runtime_;
    http::LoopServer* server_ = nullptr;
    std::list<LoopGeneration> generations_; // the last one serves
    struct Detached {
        http::ExchangeId id;
        std::uint64_t generation = 0;
        bool gone = false; // the plugin has stopped: nothing more comes from it
    };
    std::vector<Detached> detached_;
    base::Pulse* pulse_ = nullptr;
    bool closed_ = false;
};

} // namespace mortise::host
