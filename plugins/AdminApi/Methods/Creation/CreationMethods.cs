using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Creation;

/// <summary>Create, CreateInPool and Remove (spec: Admin API, sections 6.11 and 7.2).</summary>
internal sealed class CreationMethods(IQubes qubes) : IAdminMethodProvider
{
    private static readonly QubeClass[] Creatable =
        [QubeClass.AppVM, QubeClass.TemplateVM, QubeClass.StandaloneVM, QubeClass.DispVM];

    public IEnumerable<AdminMethod> Methods =>
    [
        .. Creatable.Select(c => Create("admin.vm.Create.", c, allowsPools: false)),
        .. Creatable.Select(c => Create("admin.vm.CreateInPool.", c, allowsPools: true)),
        Method.Act("admin.vm.Remove", AdminDestination.Any, Presence.Forbidden, RemoveAsync),
    ];

    private AnsweringMethod Create(string prefix, QubeClass qubeClass, bool allowsPools) => new(
        prefix + qubeClass, AdminDestination.AdminVm, Presence.Optional, Presence.Required,
        (call, cancel) => CreateAsync(call, qubeClass, allowsPools, cancel));

    private async Task<string> CreateAsync(AdminCall call, QubeClass qubeClass, bool allowsPools, CancellationToken cancel)
    {
        CreationPayload wanted = CreationPayload.Parse(call.Payload.Span, allowsPools);
        QubeToken.CheckName(wanted.Name);
        // Clients know an unknown label here by this text (section 7.2).
        if (!qubes.Labels.Any(l => l.Name == wanted.Label))
            throw new ProtocolException("missing key label");
        foreach (string pool in wanted.VolumePools.Values.Append(wanted.Pool).OfType<string>())
        {
            if (!qubes.Pools.Any(p => p.Configuration.Name == pool))
                throw new QubesException($"No such pool: '{pool}'");
        }

        await qubes.CreateAsync(
            new QubeRequest(qubeClass, wanted.Name, wanted.Label)
            {
                Template = Template(call.Argument, qubeClass),
                CreatedBy = call.Source,
                Pool = wanted.Pool,
                VolumePools = wanted.VolumePools,
            },
            cancel);
        return "";
    }

    private IQube? Template(string argument, QubeClass qubeClass)
    {
        if (argument.Length == 0)
            return null;
        if (qubeClass is not (QubeClass.AppVM or QubeClass.DispVM))
            throw new ProtocolException($"a {qubeClass} has no template: expected no argument");
        return QubeToken.Resolve(qubes, argument, "argument");
    }

    private Task RemoveAsync(AdminCall call, CancellationToken cancel) =>
        call.Destination.Class == QubeClass.AdminVM
            ? throw new QubeInUseException("The host cannot be removed.")
            : qubes.RemoveAsync(call.Destination, cancel);
}
