using Qubes.Plugins.AdminApi.Wire;
using Qubes.Sdk.Admin;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;

namespace Qubes.Plugins.AdminApi.Methods.Creation;

/// <summary>Create, CreateInPool and Remove (spec: Admin API, sections 6.11 and 7.2).</summary>
internal sealed class CreationMethods(IQubes qubes) : IAdminMethodProvider
{
    public IEnumerable<AdminMethod> Methods =>
    [
        .. Enum.GetValues<QubeClass>().Select(c => Create("admin.vm.Create.", c, allowsPools: false)),
        .. Enum.GetValues<QubeClass>().Select(c => Create("admin.vm.CreateInPool.", c, allowsPools: true)),
        Method.Act("admin.vm.Remove", AdminDestination.Any, Presence.Forbidden, Presence.Forbidden, RemoveAsync),
    ];

    private AnsweringMethod Create(string prefix, QubeClass qubeClass, bool allowsPools) => Method.Act(
        prefix + qubeClass, AdminDestination.AdminVm, Presence.Optional, Presence.Required,
        (call, cancel) => CreateAsync(call, qubeClass, allowsPools, cancel));

    private async Task CreateAsync(AdminCall call, QubeClass qubeClass, bool allowsPools, CancellationToken cancel)
    {
        IQube? template = Template(call.Argument, qubeClass);
        CreationPayload wanted = CreationPayload.Parse(call.Payload.Span, allowsPools);
        QubeNames.Require(wanted.Name);
        // Clients know an unknown label here by this text (section 7.2).
        if (!qubes.Labels.Any(l => l.Name == wanted.Label))
            throw new ProtocolException("missing key label");
        foreach (string pool in wanted.VolumePools.Values.Append(wanted.Pool).OfType<string>())
        {
            if (!qubes.Pools.Any(p => p.Configuration.Name == pool))
                throw new QubesException($"No such pool: '{pool}'");
        }

        if (qubeClass == QubeClass.AdminVM)
            throw new QubeExistsException($"A host is one AdminVM, and '{qubes.AdminVm.Name}' is it.");

        await qubes.CreateAsync(
            new QubeRequest(qubeClass, wanted.Name, wanted.Label)
            {
                Template = template,
                CreatedBy = call.Source,
                Pool = wanted.Pool,
                VolumePools = wanted.VolumePools,
            },
            cancel);
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
