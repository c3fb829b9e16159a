// Completion scripts: each command's words in a table of the shell, and a few lines that look them
// up.
#include <fmt/format.h>

#include "cli/command_tree.h"

namespace ordinaut::cli {
namespace {

struct Words {
    std::string path;   // "ordinaut task create"
    std::string words;  // What may follow.
    bool leaf;
};

void collect(const CLI::App& app, const std::string& path, const std::string& shared,
             std::vector<Words>& all) {
    const std::vector<const CLI::App*> subcommands =
        app.get_subcommands([](const CLI::App*) { return true; });
    std::string words, options;
    for (const CLI::App* sub : subcommands) words += sub->get_name() + " ";
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames()) options += "--" + name + " ";
    all.push_back({path, words + options + shared, subcommands.empty()});
    for (const CLI::App* sub : subcommands)
        collect(*sub, path + " " + sub->get_name(), shared.empty() ? options : shared, all);
}

std::string bash_script(const std::vector<Words>& all) {
    std::string table;
    for (const Words& entry : all)
        table += fmt::format("    ['{}']='{}'\n", entry.path, entry.words);
    return "# bash completion for ordinaut\ndeclare -A _ordinaut_words=(\n" + table + R"()
_ordinaut() {
    local path=ordinaut word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ -n "${_ordinaut_words[$path $word]+set}" ]] && path="$path $word"
    done
    COMPREPLY=($(compgen -W "${_ordinaut_words[$path]}" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _ordinaut ordinaut
)";
}

std::string zsh_script(const std::vector<Words>& all) {
    std::string table;
    for (const Words& entry : all) table += fmt::format("    '{}' '{}'\n", entry.path, entry.words);
    return "#compdef ordinaut\ntypeset -gA _ordinaut_words\n_ordinaut_words=(\n" + table + R"()
_ordinaut() {
    local path_words=ordinaut word
    for word in "${(@)words[2,CURRENT-1]}"; do
        (( ${+_ordinaut_words[$path_words $word]} )) && path_words="$path_words $word"
    done
    compadd -- ${=_ordinaut_words[$path_words]}
    _files
}
compdef _ordinaut ordinaut
)";
}

std::string fish_script(const std::vector<Words>& all) {
    std::string text = R"(# fish completion for ordinaut
function __ordinaut_at
    set -l words (string match -v -- '-*' (commandline -opc))
    switch $argv[1]
        case leaf
            string match -q -- "$argv[2]*" "$words"
        case '*'
            test "$words" = "$argv[2]"
    end
end
)";
    for (const Words& entry : all)
        text += fmt::format("complete -c ordinaut {}-n '__ordinaut_at {} \"{}\"' -a '{}'\n",
                            entry.leaf ? "" : "-f ", entry.leaf ? "leaf" : "group", entry.path,
                            entry.words);
    return text;
}

}  // namespace

std::string completion_script(const CLI::App& root, const std::string& shell) {
    std::vector<Words> all;
    collect(root, "ordinaut", "", all);
    if (shell == "bash") return bash_script(all);
    return shell == "zsh" ? zsh_script(all) : fish_script(all);
}

}  // namespace ordinaut::cli
