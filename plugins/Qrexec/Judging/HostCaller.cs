using Qubes.Plugins.Qrexec.Calls;
using Qubes.Policy.Evaluation;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>
/// A program on the host as policy sees it: of class <c>HostUser</c>, with the name and tags that the administrator gave its user,
/// and the system's template for disposables. Nobody can call it. Used on the kernel loop.
/// </summary>
internal sealed class HostCaller(CallSource source, IQubes qubes) : IPolicyQube
{
    public string Name => source.Name;

    public string Uuid => "";

    public string Type => "HostUser";

    public bool IsTemplateForDispvms => false;

    public string? DefaultDispvm => qubes.System.Get(SystemProperties.DefaultDispvm)?.Name;

    public bool IsRunning => true;

    public string? GuiVm => null;

    public bool IsInternal => true;

    public string? Icon => null;

    public string? RelayVm => null;

    public string? TransportRpc => null;

    public bool HasTag(string tag) => source.Tags.Contains(tag);

    /// <summary>A rule must be able to mean it, and no qube with it.</summary>
    /// <exception cref="QubesException">It cannot be told from a qube, or from a word of the language.</exception>
    public static void RequireName(string name, IQubes qubes)
    {
        QubeNames.Require(name);
        if (qubes.TryFind(name, out _))
            throw new QubeExistsException($"'{name}' is a qube; a user of the host needs a name of its own");
    }
}
