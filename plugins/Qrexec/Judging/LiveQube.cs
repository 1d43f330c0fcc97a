using Qubes.Policy.Evaluation;
using Qubes.Sdk.Domains;

namespace Qubes.Plugins.Qrexec.Judging;

/// <summary>A qube as policy sees it. Used on the kernel loop.</summary>
internal sealed class LiveQube(IQube qube) : IPolicyQube
{
    public string Name => qube.Name;

    public string Uuid => qube.Uuid.ToString();

    public string Type => qube.Class.ToString();

    public bool IsTemplateForDispvms => Text("template_for_dispvms") == "True";

    public string? DefaultDispvm => Text("default_dispvm");

    public bool IsRunning => qube.PowerState == PowerState.Running;

    public string? GuiVm => Text("guivm");

    public bool IsInternal => qube.Features.TryGetValue("internal", out string? value) && value is { Length: > 0 };

    public string? Icon => Text("icon");

    public string? RelayVm => Text("relayvm");

    public string? TransportRpc => Text("transport_rpc");

    public bool HasTag(string tag) => qube.Tags.Contains(tag);

    // Not every class has every property.
    private string? Text(string property) =>
        qube.Properties.Declared.Any(p => p.Name == property) && qube.Properties.Read(property).Text is { Length: > 0 } text ? text : null;
}
