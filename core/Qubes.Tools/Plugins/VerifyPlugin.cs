using System.CommandLine;
using Qubes.Kernel.Plugins;
using Qubes.Kernel.Plugins.Inspection;
using Qubes.Kernel.Plugins.Manifests;
using Qubes.Kernel.Plugins.Trust;
using Qubes.Tools.Applets;
using Qubes.Tools.Hosting;
using Qubes.Tools.Terminal;

namespace Qubes.Tools.Plugins;

/// <summary>
/// <c>qubes-plugin verify FILE…</c>: the daemon's own checks (their sources are compiled into this program, too), without a daemon and
/// without running anything of the plugin.
/// </summary>
internal sealed class VerifyPlugin() : AppletAction("verify", "Check a plugin's folder, or its assembly, before it is installed; nothing of it is run.")
{
    private static readonly string[] HostFamilies = ["System.", "Microsoft.Extensions.", "Microsoft.AspNetCore.", "Microsoft.Win32."];

    private static readonly string[] Host = ["Qubes.Sdk", "Autofac", "System", "mscorlib", "netstandard", "Microsoft.CSharp"];

    private readonly Argument<string[]> files = new("FILE")
    {
        Description = "Folders with a plugin.json, or assemblies in such folders",
        Arity = ArgumentArity.OneOrMore,
    };

    protected override void Describe(Command command) => command.Add(files);

    public override Task<int> RunAsync(ParseResult line, Session session, CancellationToken cancellation)
    {
        var code = ExitCode.Success;
        foreach (var file in line.GetValue(files)!)
        {
            if (!Verify(file, session))
                code = ExitCode.Failure;
        }
        return Task.FromResult(code);
    }

    private static bool Verify(string file, Session session)
    {
        try
        {
            var folder = FolderOf(file);
            var manifest = new PluginInspection(IsHosts).Check(folder);
            if (!Directory.Exists(file) && Path.GetFileName(file) != manifest.Assembly)
                throw new ToolException($"its plugin.json names {manifest.Assembly} as its assembly, not this file");
            if (!session.Quiet)
                session.Console.Out.WriteLine(SafeText.OneLine($"{manifest.Name} {manifest.Version}: no mistakes, for SDK {manifest.Sdk}"));
            Warn(folder, session);
            return true;
        }
        catch (Exception e) when (e is PluginRefusedException or ToolException)
        {
            session.Warn(SafeText.OneLine($"error: {file}: {e.Message}"));
            return false;
        }
    }

    // Owners and modes are those of the place it is checked in; installing may change them.
    private static void Warn(string folder, Session session)
    {
        try
        {
            new PluginTrust([0]).Check(folder);
        }
        catch (PluginRefusedException e)
        {
            session.Warn(SafeText.OneLine($"a daemon that runs as root would refuse it as it lies here: {e.Message}"));
        }
    }

    private static string FolderOf(string file)
    {
        var path = Path.GetFullPath(file);
        if (Directory.Exists(path))
            return path;
        return File.Exists(path) ? Path.GetDirectoryName(path)! : throw new ToolException("there is no such file or folder");
    }

    // This program has no runtime to ask; these families are what the daemon's frameworks consist of.
    private static bool IsHosts(string name) =>
        Host.Contains(name, StringComparer.Ordinal) || HostFamilies.Any(family => name.StartsWith(family, StringComparison.Ordinal));
}
