using System.CommandLine;
using Qubes.Policy.Loading;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Policy;

/// <summary><c>qubes-policy apply FILE…</c>.</summary>
internal sealed class ApplyPolicy() : AppletAction(
    "apply", "Install files into /etc/qubes/policy.d, each at once, if the whole policy has no mistake with them.")
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Files whose names end in .policy and have characters a-z 0-9 _ . - only; those of the same name are replaced",
        Arity = ArgumentArity.OneOrMore,
    };

    protected override void Describe(Command command) => command.Add(files);

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var directories = session.Paths.Policy;
        var sources = new Dictionary<string, string>(StringComparer.Ordinal);
        var contents = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var source in line.GetValue(files)!)
        {
            var name = Path.GetFileName(source);
            if (name.StartsWith('.') || !name.EndsWith(".policy", StringComparison.Ordinal))
                throw new UsageException($"{source}: the name of a policy file ends in .policy, and does not begin with a full stop");
            var target = Path.Combine(directories.Fixed, name);
            if (!sources.TryAdd(target, source))
                throw new UsageException($"{source}: another file of that name is given too");
            contents.Add(target, PolicyFiles.Read(source));
        }

        Check(directories, contents, sources);
        Install(contents);
        foreach (var target in contents.Keys)
        {
            if (!session.Quiet)
                session.Console.Out.WriteLine(SafeText.OneLine(target));
            if (File.Exists(Path.Combine(directories.Runtime, Path.GetFileName(target))))
                session.Warn($"warning: {SafeText.OneLine(target)}: a file of the same name in {directories.Runtime} counts instead");
        }
        return Task.FromResult(ExitCode.Success);
    }

    private static void Check(PolicyDirectories directories, Dictionary<string, byte[]> contents, Dictionary<string, string> sources)
    {
        try
        {
            PolicyLoader.Load(directories, new OverlaidPolicyFiles(new DiskPolicyFiles(), contents));
        }
        catch (PolicyLoadException e)
        {
            // A mistake in what is to be installed is told where its author finds it.
            var told = sources.TryGetValue(e.File, out var source) ? source + e.Message[e.File.Length..] : e.Message;
            throw new ToolException($"{told}; nothing was installed", cause: e);
        }
    }

    private static void Install(Dictionary<string, byte[]> contents)
    {
        // All are on the disk before the first counts. A name that begins with a full stop does not.
        var ready = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach (var (target, content) in contents)
            {
                var made = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}");
                ready.Add(target, made);
                using var file = new FileStream(made, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Mode });
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            foreach (var (target, made) in ready)
                File.Move(made, target, overwrite: true);
        }
        finally
        {
            foreach (var made in ready.Values)
                File.Delete(made);
        }
    }
}
