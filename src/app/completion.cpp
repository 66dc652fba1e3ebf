// `sushisim completion`: the scripts that connect a shell with `sushisim __complete`.
#include <iostream>

#include "install_arguments.hpp"
#include "sushi/core/error.hpp"

namespace sushi::app {
namespace {

constexpr const char* kBash = R"script(# bash completion of sushisim, by `sushisim completion bash`
_sushisim() {
  local line=${COMP_LINE:0:COMP_POINT} directive='' offered='' candidate _ current program
  local -a words
  read -r -a words <<<"$line"
  if [[ $line == *[[:space:]] ]]; then words+=(''); fi
  current=${words[${#words[@]} - 1]}
  program=${words[0]/#\~/$HOME}
  # bash may take = for the end of a word, so that what it puts in begins behind it.
  if [[ $current == *=* && $COMP_WORDBREAKS == *=* ]]; then offered=${current%"${current##*=}"}; fi
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    case $candidate in
      :*) directive=$candidate ;;
      *) COMPREPLY+=("${candidate#"$offered"}") ;;
    esac
  done < <("$program" __complete "${words[@]:1}" 2>/dev/null)
  if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
  if [[ -n $directive ]]; then
    local action=-f
    if [[ $directive == :dirs ]]; then action=-d; fi
    compopt -o filenames 2>/dev/null
    while IFS= read -r candidate; do COMPREPLY+=("$candidate"); done \
      < <(compgen "$action" -- "${current#"$offered"}")
  fi
}
complete -F _sushisim sushisim
)script";

constexpr const char* kZsh = R"script(#compdef sushisim
# zsh completion of sushisim, by `sushisim completion zsh`
_sushisim() {
  local line name text directive=''
  local -a plain open
  while IFS= read -r line; do
    if [[ $line == :* ]]; then
      directive=$line
      continue
    fi
    name=${line%%$'\t'*}
    text=${line#*$'\t'}
    if [[ $name == *= ]]; then
      open+=("${name//:/\\:}:$text")
    else
      plain+=("${name//:/\\:}:$text")
    fi
  done < <("${(Q)words[1]/#\~/$HOME}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)
  (( $#plain )) && _describe -t values value plain
  (( $#open )) && _describe -t keys key open -S ''
  if [[ -n $directive ]]; then
    compset -P '*='
    if [[ $directive == :dirs ]]; then _files -/; else _files; fi
  fi
}
if [[ $funcstack[1] == _sushisim ]]; then
  _sushisim "$@"
else
  compdef _sushisim sushisim
fi
)script";

constexpr const char* kFish = R"script(# fish completion of sushisim, by `sushisim completion fish`
function __sushisim_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path (string replace -r '.*=' '' -- $current)
            case ':dirs'
                __fish_complete_directories (string replace -r '.*=' '' -- $current)
            case '*'
                echo $line
        end
    end
end
complete -c sushisim -f -a '(__sushisim_complete)'
)script";

const char* ScriptOf(const std::string& shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  if (shell == "fish") return kFish;
  throw UserError("no completion for '" + shell.substr(0, 60) + "', expected bash, zsh or fish" +
                  DidYouMean(shell, {"bash", "zsh", "fish"}));
}

}  // namespace

void AddCompletion(CLI::App& app) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* completion = app.add_subcommand("completion", "print the completion script of a shell");
  completion->add_option("shell", *shell, "the shell")->required()->type_name("bash|zsh|fish");
  completion->callback([shell] { std::cout << ScriptOf(*shell); });
}

}  // namespace sushi::app
