using System.CommandLine;
using Qubes.Policy.Loading;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy;

/// <summary><c>qubes-policy lint [FILE…]</c>.</summary>
internal sealed class LintPolicy() : AppletAction("lint", "Check the policy, or single files as if they were in /etc/qubes/policy.d.")
{
    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Files of five columns to check, each by itself (default: the whole policy that is in force)",
        Arity = ArgumentArity.ZeroOrMore,
    };

    protected override void Describe(Command command) => command.Add(files);

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var directories = session.Paths.Policy;
        var code = ExitCode.Success;
        var names = line.GetValue(files) ?? [];
        if (names.Length == 0 && !Check(() => PolicyLoader.Load(directories, new DiskPolicyFiles()).Rules.Count, "the policy", session))
        {
            session.Warn("every call is denied until this is mended");
            code = ExitCode.Failure;
        }
        foreach (var name in names)
        {
            var path = Path.GetFullPath(name);
            var directory = path.StartsWith(directories.Runtime + "/", StringComparison.Ordinal) ? directories.Runtime : directories.Fixed;
            if (!Check(() => PolicyLoader.LoadFile(path, directory, directories.Legacy, new DiskPolicyFiles()).Rules.Count, name, session))
                code = ExitCode.Failure;
        }
        return Task.FromResult(code);
    }

    private static bool Check(Func<int> load, string what, Session session)
    {
        try
        {
            var rules = load();
            if (!session.Quiet)
                session.Console.Out.WriteLine($"{SafeText.OneLine(what)}: no mistakes, {(rules == 1 ? "1 rule" : $"{rules} rules")}");
            return true;
        }
        catch (PolicyLoadException e)
        {
            session.Warn("error: " + SafeText.OneLine(e.Message));
            return false;
        }
    }
}
