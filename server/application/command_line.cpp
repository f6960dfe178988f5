// SPDX-License-Identifier: Apache-2.0
#include "application/command_line.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "config/setting_spec.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace mortise::application {

namespace {

struct Option {
    std::string_view name;  // without "--"
    char letter;            // '\0' for none
    std::string_view value; // what it takes, "" for nothing
    std::optional<Mode> mode;
    bool hidden = false;
};

constexpr std::array<Option, 12> options{{{"config", 'c', "FILE or DIR", std::nullopt},
                                          {"set", 's', "SECTION.KEY=VALUE", std::nullopt},
                                          {"check-config", '\0', "", Mode::checkConfig},
                                          {"print-config", '\0', "", Mode::printConfig},
                                          {"list-plugins", '\0', "", Mode::listPlugins},
                                          {"example-config", '\0', "ini or xml", Mode::exampleConfig},
                                          {"order", '\0', "", std::nullopt},
                                          {"verify-plugin", '\0', "FILE", Mode::verifyPlugin},
                                          {"try-plugins", '\0', "", Mode::tryPlugins, true},
                                          {"try-configuration", '\0', "", Mode::tryConfiguration, true},
                                          {"version", 'V', "", Mode::version},
                                          {"help", 'h', "", Mode::help}}};

constexpr std::string_view commandWord = "command";
constexpr std::string_view migrateWord = "migrate";
constexpr std::array<std::string_view, 4> migrateActions{"status", "plan", "up", "down"};

std::string suggestion(std::string_view wanted) {
    std::vector<std::string> names;
    for (const Option& option : options) {
        if (!option.hidden) names.push_back(std::string(option.name));
    }
    const std::optional<std::string> near = base::nearest(wanted, names);
    return near ? "; did you mean '--" + *near + "'?" : std::string();
}

bool isPluginName(std::string_view word) {
    return config::isSectionName("plugin." + std::string(word));
}

class Parser {
public:
    explicit Parser(std::span<const std::string> arguments) : arguments_(arguments) {}

    std::variant<CommandLine, UsageError> parse() {
        while (next_ < arguments_.size() && !error_) {
            const std::string& argument = arguments_[next_++];
            if (argument == "--") {
                if (next_ < arguments_.size()) readWord(arguments_[next_++]);
            } else if (argument.starts_with("--")) {
                readLong(std::string_view(argument).substr(2));
            } else if (argument.starts_with('-') && argument.size() > 1) {
                readShort(argument);
            } else {
                readWord(argument);
            }
        }
        if (!error_ && result_.order && result_.mode != Mode::listPlugins) fail("--order goes with --list-plugins");
        if (error_) return *std::move(error_);
        return std::move(result_);
    }

private:
    void fail(std::string message) {
        if (!error_) error_ = UsageError{std::move(message)};
    }

    void readLong(std::string_view text) {
        const std::size_t equals = std::min(text.find('='), text.size());
        const std::string_view name = text.substr(0, equals);
        const auto found =
            std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
        if (found == options.end()) return fail("unknown option '--" + base::printable(name) + "'" + suggestion(name));
        std::optional<std::string> value;
        if (equals != text.size()) value = text.substr(equals + 1);
        take(*found, std::move(value));
    }

    void readShort(std::string_view text) {
        const auto found = std::find_if(options.begin(), options.end(), [&](const Option& option) {
            return option.letter != '\0' && option.letter == text[1];
        });
        if (found == options.end()) return fail("unknown option '" + base::printable(text.substr(0, 2)) + "'");
        std::optional<std::string> value;
        if (text.size() > 2) value = text.substr(2);
        take(*found, std::move(value));
    }

    void take(const Option& option, std::optional<std::string> value) {
        const std::string name = "--" + std::string(option.name);
        if (option.value.empty() && value) return fail("option " + name + " takes no value");
        if (!option.value.empty() && !value) {
            if (next_ == arguments_.size())
                return fail("option " + name + " needs a value: " + std::string(option.value));
            value = arguments_[next_++];
        }
        if (value && value->empty()) return fail("the value of option " + name + " is empty");
        if (option.mode && !choose(*option.mode, name)) return;
        if (option.name == "order") {
            result_.order = true;
        } else if (option.name == "set") {
            result_.assignments.push_back(*std::move(value));
        } else if (option.name == "verify-plugin") {
            result_.files.push_back(*std::move(value));
        } else if (option.name == "try-plugins") {
            takeRest(result_.files);
        } else if (option.name == "example-config") {
            if (*value != "ini" && *value != "xml") return fail("option --example-config takes ini or xml");
            result_.format = *std::move(value);
        } else if (option.name == "config") {
            if (!result_.config.empty()) return fail("option --config is given twice");
            result_.config = *std::move(value);
        }
    }

    // False, with an error, when another mode was chosen before.
    bool choose(Mode mode, const std::string& name) {
        if (!chosen_.empty() && (mode != result_.mode)) {
            fail(chosen_ + " and " + name + " exclude each other");
            return false;
        }
        result_.mode = mode;
        chosen_ = name;
        return true;
    }

    void readWord(const std::string& word) {
        if (word == commandWord) {
            if (!choose(Mode::command, std::string(commandWord))) return;
            if (next_ != arguments_.size())
                fail("'command' lists the commands of plugins, without arguments; run one by its plugin: mortised "
                     "PLUGIN COMMAND ARGUMENT...");
            return;
        }
        if (word == migrateWord) {
            if (!choose(Mode::migrate, std::string(migrateWord))) return;
            takeRest(result_.command);
            if (result_.command.empty() || std::find(migrateActions.begin(), migrateActions.end(),
                                                     result_.command.front()) == migrateActions.end())
                fail("'migrate' needs one of status, plan, up, down");
            return;
        }
        // Not repeated: it could be a secret that was meant for --set.
        const bool isValue = !result_.assignments.empty() && result_.assignments.back().find('=') == std::string::npos;
        if (isValue || !isPluginName(word))
            return fail("argument " + std::to_string(next_) +
                        " is neither an option, 'command', 'migrate ACTION' nor the name of a plugin");
        if (!choose(Mode::command, "a plugin's command")) return;
        result_.command.push_back(word);
        takeRest(result_.command);
    }

    void takeRest(std::vector<std::string>& target) {
        target.insert(target.end(), arguments_.begin() + static_cast<std::ptrdiff_t>(next_), arguments_.end());
        next_ = arguments_.size();
    }

    std::span<const std::string> arguments_;
    std::size_t next_ = 0;
    CommandLine result_;
    std::string chosen_; // the mode as it was given
    std::optional<UsageError> error_;
};

} // namespace

bool isModeWord(std::string_view word) {
    return word == commandWord || word == migrateWord;
}

std::variant<CommandLine, UsageError> parseCommandLine(std::span<const std::string> arguments) {
    return Parser(arguments).parse();
}

std::filesystem::path chooseConfig(const CommandLine& commandLine,
                                   const std::map<std::string, std::string>& environment,
                                   const std::filesystem::path& fallback) {
    if (!commandLine.config.empty()) return commandLine.config;
    const auto variable = environment.find("MORTISE_CONFIG");
    return variable != environment.end() && !variable->second.empty() ? std::filesystem::path(variable->second)
                                                                      : fallback;
}

std::string helpText() {
    return R"(mortised, the Mortise application server: loads plugins and serves what they offer.

Usage:
  mortised [OPTION]...                      serve until SIGTERM
  mortised [OPTION]... command              list the commands of the enabled plugins
  mortised [OPTION]... PLUGIN COMMAND [ARG]...
                                            run one and exit: in the running server if it may, else
                                            with the server stopped; --help shows its usage
  mortised [OPTION]... migrate status       show which migrations ran on the database
  mortised [OPTION]... migrate plan         print the SQL that the next start runs
  mortised [OPTION]... migrate up           run it now; no server may be running
  mortised [OPTION]... migrate down PLUGIN NUMBER [--yes]
                                            undo a plugin's migrations down to this number; without
                                            --yes only say what data is lost

Configuration:
  -c, --config FILE|DIR     mortise.ini, mortise.xml or the folder of one; plugins.d/ beside it is
                            read too (also: MORTISE_CONFIG)
  -s, --set SECTION.KEY=VALUE
                            set one value above all files and variables, such as
                            --set server.listen=0.0.0.0:8080 or --set plugin.NAME.enabled=true;
                            may be repeated; refused for secrets

Instead of serving:
      --check-config        read everything, configure the plugins, report all faults; opens nothing
      --print-config        show every setting, its value and where it comes from; secrets are hidden
      --list-plugins        show the plugin files that are found and which are switched on
      --order               with --list-plugins: those switched on, in the order they are started in,
                            the filters of each phase, and contributions to extension points
      --verify-plugin FILE  check one plugin file and say what it needs and offers
      --example-config ini|xml
                            write a complete commented configuration for the plugin files that are found
  -V, --version             show the version
  -h, --help                show this text

Run by root, commands and everything else but serving work as the owner of the state directory,
where it exists and is not root's. Elsewhere commands work as root, and checks as the user mortise,
else nobody. They report what that user cannot read.

Signals: SIGHUP reloads the configuration, SIGUSR1 reopens log files, SIGTERM and SIGINT stop after
the requests in flight; a second one stops at once.

Exit status: 0 done, 1 failed, 64 wrong usage, 78 faulty configuration.
)";
}

} // namespace mortise::application
