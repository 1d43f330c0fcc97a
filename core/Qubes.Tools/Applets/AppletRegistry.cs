using Qubes.Tools.Boot;
using Qubes.Tools.Cloning;
using Qubes.Tools.Consoles;
using Qubes.Tools.Convert;
using Qubes.Tools.Copying;
using Qubes.Tools.Domains;
using Qubes.Tools.Features;
using Qubes.Tools.Lifecycle;
using Qubes.Tools.Listing;
using Qubes.Tools.Memory;
using Qubes.Tools.MemoryTemplates;
using Qubes.Tools.Notes;
using Qubes.Tools.Opening;
using Qubes.Tools.Plugins;
using Qubes.Tools.Policy;
using Qubes.Tools.Pools;
using Qubes.Tools.Preferences;
using Qubes.Tools.Preloading;
using Qubes.Tools.Queries;
using Qubes.Tools.Running;
using Qubes.Tools.Scripting;
using Qubes.Tools.Tags;
using Qubes.Tools.Templates;
using Qubes.Tools.Volumes;

namespace Qubes.Tools.Applets;

/// <summary>All applets by name. A factory each, so that a run makes only the one it needs.</summary>
internal static class AppletRegistry
{
    private static readonly SortedDictionary<string, Func<Applet>> Factories = new(StringComparer.Ordinal)
    {
        ["qrexec-client"] = () => new QrexecClientApplet(),
        ["qubes-plugin"] = () => new PluginApplet(),
        ["qubes-policy"] = () => new PolicyApplet(),
        ["qubes-prefs"] = PreferencesApplet.OfSystem,
        ["qubes-script"] = () => new ScriptApplet(),
        ["qubesd-query"] = () => new QueryApplet(),
        ["qvm-check"] = () => new CheckApplet(),
        ["qvm-clone"] = () => new CloneApplet(),
        ["qvm-console-dispvm"] = () => new ConsoleApplet(),
        ["qvm-convert"] = () => new ConvertApplet(),
        ["qvm-copy-to-vm"] = CopyApplet.Copy,
        ["qvm-create"] = () => new CreateApplet(),
        ["qvm-features"] = () => new FeaturesApplet(),
        ["qvm-kill"] = () => new KillApplet(),
        ["qvm-ls"] = () => new ListApplet(),
        ["qvm-memory"] = () => new MemoryApplet(),
        ["qvm-memory-template"] = () => new MemoryTemplateApplet(),
        ["qvm-move-to-vm"] = CopyApplet.Move,
        ["qvm-notes"] = () => new NotesApplet(),
        ["qvm-open-in-dvm"] = OpenApplet.InDisposable,
        ["qvm-open-in-vm"] = OpenApplet.InQube,
        ["qvm-pause"] = () => new PauseApplet(),
        ["qvm-pool"] = () => new PoolApplet(),
        ["qvm-preload"] = () => new PreloadApplet(),
        ["qvm-prefs"] = PreferencesApplet.OfQube,
        ["qvm-remove"] = () => new RemoveApplet(),
        ["qvm-run"] = () => new RunApplet(),
        ["qvm-service"] = () => new ServiceApplet(),
        ["qvm-shutdown"] = () => new ShutdownApplet(),
        ["qvm-start"] = () => new StartApplet(),
        ["qvm-tags"] = () => new TagsApplet(),
        ["qvm-template-build"] = () => new TemplateBuildApplet(),
        ["qvm-unpause"] = () => new UnpauseApplet(),
        ["qvm-volume"] = () => new VolumeApplet(),
    };

    // What the host's own units run, from /usr/lib/qubes.
    private static readonly Dictionary<string, Func<Applet>> OfUnits = new(StringComparer.Ordinal)
    {
        ["preload-dispvm"] = () => new BootPreloadApplet(),
    };

    /// <summary>Those for users.</summary>
    public static IEnumerable<string> Names => Factories.Keys;

    public static bool Contains(string name) => Factories.ContainsKey(name) || OfUnits.ContainsKey(name);

    public static Applet Make(string name) => (Factories.GetValueOrDefault(name) ?? OfUnits[name])();
}
