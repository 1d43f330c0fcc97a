using Qubes.Tools.Applets;
using Qubes.Tools.Policy.Graph;
using Qubes.Tools.Policy.Prompt;

namespace Qubes.Tools.Policy;

/// <summary><c>qubes-policy COMMAND</c>.</summary>
internal sealed class PolicyApplet() : ActionApplet(
    "qubes-policy", "Check, install and try out the policy that says which qube may call which service of which other.",
    new LintPolicy(), new ApplyPolicy(), new EvaluatePolicy(), new CheckCases(), new DrawPolicy(), new PromptTerminal())
{
    public override string Details => """
        The policy is what the files *.policy in /etc/qubes/policy.d and /run/qubes/policy.d say, in the order of their names; a file in the
        second directory replaces one of the same name in the first. A single mistake in any of them makes the daemon deny every call until
        it is mended. So check with lint, and install with apply, which refuses files that would break the policy.
        """;

    public override string Statuses => """
        0 success; for eval: the call could be evaluated, whatever the verdict is
        1 the policy has a mistake, a case comes out otherwise, or the request failed
        2 the command line is wrong
        """;
}
