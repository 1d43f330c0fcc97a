using Qubes.Tools.Applets;

namespace Qubes.Tools.Completion;

/// <summary>What shells read to have <c>qubes-tools --complete NAME WORD…</c> complete the tools' command lines.</summary>
internal static class ShellScripts
{
    public static IReadOnlyCollection<string> Names { get; } = ["bash", "zsh"];

    public static string For(string shell) => shell == "bash" ? Bash : Zsh;

    // bash takes words apart at "=" and ":", which the functions of its completion package put together again.
    private static string Bash => $$"""
        _qubes_tools()
        {
            local cur words cword candidate
            _get_comp_words_by_ref -n =: cur words cword
            COMPREPLY=()
            while IFS= read -r candidate; do
                if [[ $candidate == {{Completer.Files}} ]]; then
                    compopt -o default
                    return
                fi
                COMPREPLY+=("$candidate")
            done < <(qubes-tools --complete "${1##*/}" "${words[@]:1:cword}" 2>/dev/null)
            [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=:] ]] && compopt -o nospace
            [[ $cur == *=* && $COMP_WORDBREAKS == *=* ]] && COMPREPLY=("${COMPREPLY[@]#"${cur%%=*}="}")
            __ltrim_colon_completions "$cur"
        }
        complete -F _qubes_tools {{string.Join(' ', AppletRegistry.Names)}}

        """;

    private static string Zsh => $$"""
        #compdef {{string.Join(' ', AppletRegistry.Names)}}
        local -a candidates
        candidates=("${(@f)$(qubes-tools --complete "${words[1]:t}" "${(@)words[2,CURRENT]}" 2>/dev/null)}")
        if [[ ${candidates[1]} == {{Completer.Files}} ]]; then
            _files
        else
            candidates=(${candidates:#})
            compadd -S '' -- ${(M)candidates:#*[=:]}
            compadd -- ${candidates:#*[=:]}
        fi

        """;
}
