using System.Globalization;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Hosting;

namespace Qubes.Plugins.Templates.Builds;

/// <summary>
/// The Admin API method <c>admin.template.Build+RECIPE</c>: streams <c>template-build-progress</c> (<c>step</c>,
/// <c>percent</c> of the whole, <c>detail</c>) and ends with <c>template-build-done</c> (<c>template</c>, <c>dvm</c>).
/// Ours; a client that leaves ends its build.
/// </summary>
internal sealed class BuildMethod(TemplateBuilds builds, BuildsUnderWay underWay, IKernelLoop loop) : IAdminMethodProvider
{
    public const string Name = "admin.template.Build";

    public IEnumerable<AdminMethod> Methods =>
        [new StreamingMethod(Name, AdminDestination.AdminVm, Presence.Required, Presence.Optional, BuildAsync)];

    private async Task BuildAsync(AdminCall call, IAdminEventStream stream, CancellationToken cancel)
    {
        var request = BuildRequest.Parse(call.Argument, call.Payload.Span);
        var progress = new BuildProgress((step, percent, detail) => loop.Post(() => stream.Write(null, "template-build-progress",
            new("step", step.Word()), new("percent", percent.ToString(CultureInfo.InvariantCulture)), new("detail", detail))));
        var (template, disposable) = await underWay.RunAsync(stopping => builds.RunAsync(request, progress, stopping), cancel);
        stream.Write(null, "template-build-done", new("template", template), new("dvm", disposable));
    }
}
