// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"

#include "base/text.hpp"
#include "host/inputs.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"
#include "module/setting_values.hpp"

#include <algorithm>
#include <future>
#include <system_error>
#include <utility>

namespace mortise::host {
namespace {

std::string milliseconds(std::chrono::milliseconds time) {
    return std::to_string(time.count()) + " ms";
}

base::CodeOwner ownerOf(std::string name, const ModuleInfo& info) {
    std::string title = "plugin '" + info.id + "' " + info.version + ", instance '" + name + "'";
    return {std::move(name), std::move(title)};
}

// Counts a call down when it has returned.
class Returning {
public:
    explicit Returning(std::atomic<std::uint32_t>& calls) noexcept : calls_(calls) {}
    ~Returning() { --calls_; }
    Returning(const Returning&) = delete;
    Returning& operator=(const Returning&) = delete;

private:
    std::atomic<std::uint32_t>& calls_;
};

} // namespace

Instance::Calling::Calling(const Instance& instance, const char* function) : running_(instance.owner_, function) {
    instance.announce(function);
}

Instance::Pin::Pin(std::shared_ptr<Instance> instance) noexcept : instance_(std::move(instance)) {
    const std::lock_guard lock(instance_->pinMutex_);
    ++instance_->pins_;
}

Instance::Pin::~Pin() {
    if (instance_ == nullptr) return;
    const std::lock_guard lock(instance_->pinMutex_);
    if (--instance_->pins_ == 0) instance_->unpinned_.notify_all();
}

Instance::Instance(Runtime& runtime, std::string name, std::shared_ptr<const Module> module, config::Section settings,
                   Providers providers)
    : runtime_(runtime),
      module_(std::move(module)),
      owner_(runtime.kept(ownerOf(std::move(name), module_->info()))),
      settings_(std::move(settings)),
      providers_(std::move(providers)),
      developmentMode_(runtime.settings().development),
      number_(runtime.nextInstance()),
      folders_(runtime.settings(), owner_.name),
      host_{sizeof(mortise_host), MORTISE_ABI_MINOR,     this,
            view(owner_.name),    &Instance::getService, &Instance::refuseSetting} {}

Instance::~Instance() {
    // Only an instance that went through destroy(), was never made, or is quarantined or kept (and then never freed)
    // gets here; the plain call serves failures on the way, where no deadline can be kept any more.
    const bool isOver = stage() == Stage::destroyed || stage() == Stage::kept || quarantined();
    if (plugin_.self == nullptr || isOver || table_.destroy == nullptr) return;
    const Calling calling(*this, "destroy");
    releaseRoutes();
    table_.destroy(plugin_.self);
}

void Instance::releaseRoutes() noexcept {
    for (Route& route : routes_)
        if (const auto release = std::exchange(route.release, nullptr)) release(route.context);
}

void Instance::announce(const char* function) const {
    if (const auto& hook = runtime_.settings().announce) hook(owner_, function);
}

std::string Instance::sentence(std::string_view step, std::string_view what) const {
    return "plugin '" + name() + "' (" + module_->info().id + " " + module_->info().version +
           "): " + std::string(step) + " " + std::string(what);
}

void Instance::quarantine(std::string_view step, std::chrono::milliseconds timeout) {
    quarantined_.store(true, std::memory_order_release);
    stage_.store(Stage::failed, std::memory_order_release);
    runtime_.quarantine(shared_from_this());
    // Where it is the log, what comes from here on goes to standard error.
    if (const auto sink = runtime_.log().sink(); sink != nullptr && sink->self == self())
        runtime_.log().setSink(nullptr);
    runtime_.log().log(base::Level::error, "host.plugins",
                       "A plugin missed a deadline and is quarantined until restart",
                       {{"plugin", std::string_view(name())},
                        {"step", step},
                        {"timeoutMs", static_cast<std::int64_t>(timeout.count())}});
}

void Instance::callFailed(std::string_view step, std::string_view why) {
    runtime_.log().log(base::Level::error, "host.plugins", "A plugin could not be called",
                       {{"plugin", std::string_view(name())}, {"step", step}, {"reason", why}});
}

bool Instance::control(const char* step, std::chrono::milliseconds timeout,
                       std::function<void(Instance& instance)> call) {
    std::string obstacle;
    {
        // Two generations at once may have this one called; no code of a plugin gets to this lock.
        const std::lock_guard lock(controlMutex_);
        if (quarantined()) return false;
        announce(step);
        ++controlCalls_;
        try {
            const auto deadline = Clock::now() + timeout;
            const Waiting waiting(runtime_.settings().waits, deadline);
            const auto done =
                runtime_.control().call(name(), deadline, [self = shared_from_this(), step, call = std::move(call)] {
                    const base::RunningCode running(self->owner(), step);
                    const Returning returning(self->controlCalls_);
                    call(*self);
                    return true;
                });
            if (done) return true;
            quarantined_.store(true, std::memory_order_release); // before who waits for the lock looks
        } catch (const std::system_error& error) {
            --controlCalls_;
            obstacle = error.what();
        }
    }
    // The log is a plugin's, too.
    if (obstacle.empty())
        quarantine(step, timeout);
    else
        callFailed(step, obstacle);
    return false;
}

std::optional<std::string> Instance::controlStatus(const char* step,
                                                   mortise_status (*call)(Instance& instance, mortise_error* error)) {
    struct Result {
        mortise_status status = MORTISE_ERROR;
        CallError error;
    };
    const auto result = std::make_shared<Result>();
    const auto timeout = runtime_.settings().controlTimeout;
    const bool inTime = control(
        step, timeout, [result, call](Instance& instance) { result->status = call(instance, result->error.get()); });
    if (!inTime && quarantined())
        return sentence(step, "did not return within " + milliseconds(timeout) +
                                  " (server.control_timeout); it stays quarantined until restart");
    if (!inTime) {
        stage_.store(Stage::failed, std::memory_order_release);
        return sentence(step, "failed: no thread can be made for it");
    }
    if (peerStatus(result->status) != MORTISE_OK) {
        stage_.store(Stage::failed, std::memory_order_release);
        return sentence(step, "failed: " + result->error.text());
    }
    return std::nullopt;
}

base::Outcome<std::shared_ptr<Instance>> Instance::create(Runtime& runtime, std::string name,
                                                          std::shared_ptr<const Module> module,
                                                          config::Section settings, Providers providers) {
    if (runtime.isQuarantined(name))
        return base::Fault{"plugin '" + name + "' missed a deadline before and is quarantined until restart"};
    auto instance = std::make_shared<Instance>(runtime, std::move(name), std::move(module), std::move(settings),
                                               std::move(providers));
    auto failure =
        instance->controlStatus("create", [](Instance& self, mortise_error* error) { return self.callCreate(error); });
    if (failure) return base::Fault{*failure};
    return instance;
}

mortise_status Instance::callCreate(mortise_error* error) {
    const mortise_plugin* made = nullptr;
    if (peerStatus(module_->raw().create(&host_, &made, error)) != MORTISE_OK) return MORTISE_ERROR;
    const auto refuse = [error](std::string_view message) {
        setError(error, message);
        return MORTISE_ERROR;
    };
    if (made == nullptr) return refuse("it returned no mortise_plugin");
    if (made->struct_size < firstSize<mortise_plugin>) return refuse(structSizeFault("mortise_plugin", *made));
    plugin_ = readStruct(*made);
    if (plugin_.table == nullptr) return refuse("it returned no table of functions");
    if (plugin_.table->struct_size < firstSize<mortise_plugin_table>)
        return refuse(structSizeFault("mortise_plugin_table", *plugin_.table));
    table_ = readStruct(*plugin_.table);
    if (table_.destroy == nullptr) return refuse("its table has no destroy");
    if (table_.open_service == nullptr && !module_->info().providedServices.empty())
        return refuse("its module provides '" + module_->info().providedServices.front() +
                      "', but its table has no open_service");
    return MORTISE_OK;
}

std::optional<std::string> Instance::configure(bool checkOnly) {
    struct Flag {
        explicit Flag(std::atomic<bool>& flag) : flag_(flag) { flag_.store(true, std::memory_order_release); }
        ~Flag() { flag_.store(false, std::memory_order_release); }
        std::atomic<bool>& flag_;
    };
    const auto call = checkOnly
                          ? +[](Instance& self, mortise_error* error) { return self.callConfigure(true, error); }
                          : +[](Instance& self, mortise_error* error) { return self.callConfigure(false, error); };
    const Flag configuring(configuring_);
    if (auto failure = controlStatus("configure", call)) return failure;
    if (!refusedSettings_.empty()) return sentence("configure", "refused its settings");
    stage_.store(Stage::configured, std::memory_order_release);
    return std::nullopt;
}

mortise_status Instance::callConfigure(bool checkOnly, mortise_error* error) {
    if (table_.configure == nullptr) return MORTISE_OK;
    const module::SettingValues values(module_->info().settings, settings_);
    const mortise_configuration configuration{sizeof(mortise_configuration),
                                              static_cast<std::uint32_t>(values.values().size()),
                                              sizeof(mortise_setting_value),
                                              runtime_.settings().development ? 1u : 0u,
                                              checkOnly ? 1u : 0u,
                                              0,
                                              values.values().data(),
                                              view(folders_.state),
                                              view(folders_.cache),
                                              view(folders_.runtime),
                                              view(runtime_.settings().configurationFolder)};
    return table_.configure(plugin_.self, &configuration, error);
}

std::optional<std::string> Instance::openServices() {
    if (services_.state() == OpenedServices::State::open) return std::nullopt;
    const auto obstacle = services_.open(*this);
    if (!obstacle) return std::nullopt;
    stage_.store(Stage::failed, std::memory_order_release);
    return sentence("start", "failed: " + *obstacle);
}

std::optional<std::string> Instance::start() {
    if (auto obstacle = folders_.make()) {
        stage_.store(Stage::failed, std::memory_order_release);
        return sentence("start", "failed: " + *obstacle);
    }
    if (auto failure = openServices()) return failure;
    startBegan_.store(true, std::memory_order_release);
    auto failure = controlStatus("start", [](Instance& self, mortise_error* error) {
        return self.table_.start == nullptr ? MORTISE_OK : self.table_.start(self.plugin_.self, error);
    });
    if (!failure)
        stage_.store(Stage::started, std::memory_order_release);
    else if (!quarantined())
        services_.close();
    return failure;
}

std::optional<std::string> Instance::activate() {
    auto failure = controlStatus("activate", [](Instance& self, mortise_error*) {
        if (self.table_.activate != nullptr) self.table_.activate(self.plugin_.self);
        return MORTISE_OK;
    });
    if (!failure) stage_.store(Stage::active, std::memory_order_release);
    return failure;
}

void Instance::drain(Clock::time_point deadline) {
    const auto returned = std::make_shared<std::promise<void>>();
    beginDrain(deadline, [returned] { returned->set_value(); });
    returned->get_future().wait_until(drainLimit_);
    endDrain();
}

void Instance::beginDrain(Clock::time_point deadline, const std::function<void()>& returned) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
    drainLimit_ = deadline + drainMargin;
    const bool serves = stage() == Stage::started || stage() == Stage::active;
    if (!serves || table_.drain == nullptr || left.count() <= 0) return returned();
    drainReturned_.store(false, std::memory_order_release);
    try {
        runtime_.control().begin(name(), [self = shared_from_this(), left, returned] {
            const base::RunningCode running(self->owner(), "drain");
            self->table_.drain(self->plugin_.self, static_cast<std::uint64_t>(left.count()));
            self->drainReturned_.store(true, std::memory_order_release);
            returned();
        });
    } catch (const std::system_error& error) {
        callFailed("drain", error.what());
        drainReturned_.store(true, std::memory_order_release);
        returned();
    }
}

void Instance::endDrain() {
    if (stage() != Stage::started && stage() != Stage::active) return;
    if (drainReturned())
        stage_.store(Stage::drained, std::memory_order_release);
    else
        quarantine("drain", drainMargin);
}

bool Instance::awaitUnpinned(std::chrono::milliseconds patience) {
    std::unique_lock lock(pinMutex_);
    return unpinned_.wait_for(lock, patience, [this] { return pins_ == 0; });
}

// Which calls into the plugin. False: it could not, or missed the deadline.
bool Instance::cancelTimers() {
    return !runtime_.timers().has(this) || control("release", runtime_.settings().controlTimeout,
                                                   [](Instance& self) { self.runtime_.timers().cancelAll(&self); });
}

bool Instance::stop(std::chrono::milliseconds patience) {
    switch (stage()) {
    case Stage::started:
    case Stage::active:
    case Stage::drained:
        stage_.store(Stage::stopping, std::memory_order_release); // from here on no call outside of an exchange begins
        break;
    case Stage::stopping:
        break;
    default: // a migrator that was not started may have services of others
        if (!quarantined()) services_.close();
        return true;
    }
    if (!cancelTimers() && quarantined()) return true;
    if (!awaitUnpinned(patience)) return false;
    const bool stopped = control("stop", runtime_.settings().controlTimeout, [](Instance& self) {
        if (self.table_.stop != nullptr) self.table_.stop(self.plugin_.self);
    });
    stage_.store(stopped ? Stage::stopped : Stage::failed, std::memory_order_release);
    if (!quarantined()) services_.close();
    return true;
}

void Instance::destroy() {
    if (stage() == Stage::destroyed || stage() == Stage::kept || plugin_.self == nullptr || quarantined()) return;
    if (!cancelTimers()) return;
    // Of one that failed a call that was kept may be running still.
    const auto timeout = runtime_.settings().controlTimeout;
    if (!awaitUnpinned(timeout)) return quarantine("stop", timeout);
    if (const auto late = runtime_.lateCallSince(made_)) {
        stage_.store(Stage::kept, std::memory_order_release);
        runtime_.keep(shared_from_this());
        runtime_.log().log(base::Level::warn, "host.plugins",
                           "A plugin is not destroyed, since a call that missed its deadline may be looking at it",
                           {{"plugin", std::string_view(name())}, {"caller", std::string_view(*late)}});
        return;
    }
    const bool inTime = control("destroy", timeout, [](Instance& self) {
        self.releaseRoutes();
        if (self.table_.destroy != nullptr) self.table_.destroy(self.plugin_.self);
    });
    if (!inTime) return;
    stage_.store(Stage::destroyed, std::memory_order_release);
}

bool Instance::mayBeRunning() const {
    if (controlCalls_.load(std::memory_order_acquire) != 0 || !drainReturned()) return true;
    const std::lock_guard lock(pinMutex_);
    return pins_ != 0;
}

const void* Instance::extension(std::string_view id) const {
    if (table_.get_extension == nullptr) return nullptr;
    const Calling calling(*this, "get_extension");
    return table_.get_extension(plugin_.self, view(id));
}

bool Instance::mayWarn() const noexcept {
    constexpr std::uint64_t mostASecond = 5;
    const auto now = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::seconds>(Clock::now().time_since_epoch()).count());
    std::uint64_t before = warned_.load(std::memory_order_relaxed);
    for (;;) {
        const bool same = before >> 8 == now;
        const std::uint64_t count = same ? before & 0xff : 0;
        if (count >= mostASecond) return false;
        if (warned_.compare_exchange_weak(before, now << 8 | (count + 1), std::memory_order_relaxed)) return true;
    }
}

std::uint64_t Instance::addHeaderBlock(std::string block) {
    headerBlocks_.push_back(std::make_unique<const http::ConstantFields>(std::move(block)));
    return headerBlocks_.size();
}

bool Instance::declaresSetting(std::string_view key) const {
    const auto& declared = module_->info().settings;
    return std::any_of(declared.begin(), declared.end(), [&](const auto& spec) { return spec.key == key; });
}

bool ExpectedRoute::names(const Route& route) const noexcept {
    const std::string_view declared = methodText(route.method);
    return route.pattern == pattern && (method == "*" || method == declared || (method == "HEAD" && declared == "GET"));
}

bool Instance::expectRoute(ExpectedRoute route) {
    constexpr std::size_t most = 1000; // as routes.h says
    if (!configuring() || !declaresSetting(route.setting) || expectedRoutes_.size() >= most ||
        (route.flags & ~knownRouteFlags) != 0)
        return false;
    expectedRoutes_.push_back(std::move(route));
    return true;
}

bool Instance::declares(std::string_view id) const {
    const ModuleInfo& info = module_->info();
    const auto has = [id](const auto& list) { return std::find(list.begin(), list.end(), id) != list.end(); };
    return has(info.requiredServices) || has(info.optionalServices);
}

mortise_status Instance::refuseSetting(void* context, mortise_view key, mortise_view message) noexcept {
    Instance& self = *static_cast<Instance*>(context);
    if (!self.configuring() || !self.declaresSetting(text(key))) return MORTISE_INVALID;
    try {
        self.refusedSettings_.push_back({std::string(text(key)), base::printable(text(message), 1000)});
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

mortise_status Instance::getService(void* context, mortise_view id, mortise_service* service,
                                    mortise_error* error) noexcept {
    Instance& self = *static_cast<Instance*>(context);
    if (service == nullptr) return MORTISE_INVALID;
    if (const void* table = hostService(self.runtime_, text(id)); table != nullptr) {
        *service = {table, &self};
        return MORTISE_OK;
    }
    try {
        const auto refuse = [&](const std::string& message) {
            setError(error, "service '" + base::printable(text(id), 200) + "': " + message);
            return MORTISE_INVALID;
        };
        if (!self.declares(text(id)))
            return refuse("the host has none of that name, and the plugin does not name it: name it in needs<>() or "
                          "mayUse<>() (required_services or optional_services of its module)");
        switch (self.services_.state()) {
        case OpenedServices::State::early:
            if (!self.providers_.contains(std::string(text(id)))) return MORTISE_ABSENT;
            return refuse("looked up before start; other plugins' services are there from start on");
        case OpenedServices::State::closed:
            return refuse("looked up after stop, when it was closed");
        case OpenedServices::State::open:
            break;
        }
        const mortise_service* const found = self.services_.find(text(id));
        if (found == nullptr) return MORTISE_ABSENT;
        *service = *found;
        return MORTISE_OK;
    } catch (const std::exception&) {
        return MORTISE_ERROR;
    }
}

} // namespace mortise::host
