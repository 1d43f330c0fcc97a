using Qubes.Kernel.Domains.Declarations;
using Qubes.Kernel.Domains.Rules;
using Qubes.Kernel.Domains.Volumes;
using Qubes.Kernel.Store;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Events;

namespace Qubes.Kernel.Domains;

internal sealed partial class QubeRegistry
{
    public async Task<IQube> CreateAsync(QubeRequest request, CancellationToken cancel) =>
        await CreateAsync(request, request.Class == QubeClass.DispVM ? AllocateDispid() : 0, autoCleanup: false, MarkCreator(request), cancel);

    /// <summary>Makes a disposable that is called after its number and removed when it stops.</summary>
    public Task<Qube> CreateDisposableAsync(Qube template, IQube createdBy, CancellationToken cancel) =>
        CreateDisposableAsync(template, q => q.Tags.Add("created-by-" + createdBy.Name), cancel);

    /// <summary>As the other one; says itself what is done with the qube when it was announced, in the same turn.</summary>
    public async Task<Qube> CreateDisposableAsync(Qube template, Action<Qube> added, CancellationToken cancel)
    {
        var dispid = AllocateDispid();
        var label = template.Properties.Get(QubeProperties.Label)!.Name;
        var request = new QubeRequest(QubeClass.DispVM, $"disp{dispid}", label) { Template = template };
        return await CreateAsync(request, dispid, autoCleanup: true, added, cancel);
    }

    private Action<Qube> MarkCreator(QubeRequest request) => qube => qube.Tags.Add("created-by-" + (request.CreatedBy ?? AdminVm).Name);

    private async Task<Qube> CreateAsync(
        QubeRequest request, int dispid, bool autoCleanup, Action<Qube> added, CancellationToken cancel)
    {
        var label = FindLabel(request.Label);
        QubeNames.Require(request.Name);
        if (TryFind(request.Name, out _))
            throw new QubeExistsException($"A qube called '{request.Name}' exists already");
        var template = TemplateFor(request);

        var qube = Add(request, template, label, dispid);
        try
        {
            qube.Volumes = VolumeLayout.For(qube, request, this);
            foreach (var volume in qube.Volumes)
                context.State.PutVolume(StoredVolumes.Of(qube, volume));
            if (autoCleanup)
                qube.Properties.Restore(QubeProperties.AutoCleanup.Name, true, alreadyStored: false);
            GuiRules.Tag(qube);
            if (!System.Get(new PropertyKey<bool>("check_updates_vm")) && qube.HasNetvm)
                qube.Features.Set("check-updates", "");
            context.Events.Fire(new QubeAdded(qube));
            added(qube);
            await Task.WhenAll(qube.Volumes.Select(v => v.Pool.CreateAsync(v, cancel)));
            await context.Events.FireAsync(new QubeCreatedOnDisk(qube), cancel);
            return qube;
        }
        catch
        {
            await DiscardAsync(qube);
            throw;
        }
    }

    private Qube Add(QubeRequest request, Qube? template, Label label, int dispid)
    {
        var qid = QubeNumbers.NextQid(qids);
        var qube = new Qube(this, context, request.Class, request.Name, qid, Guid.NewGuid()) { Dispid = dispid };
        Attach(qube);
        context.State.PutQube(StoredQubes.Of(qube));
        if (qube.Class == QubeClass.DispVM)
            context.State.PutProperty(qid, QubeProperties.Dispid.Name, dispid.ToString());
        qube.Properties.Restore(QubeProperties.Label.Name, label, alreadyStored: false);
        if (template is null)
            return qube;
        qube.Properties.Restore(QubeProperties.Template.Name, template, alreadyStored: false);
        if (qube.Class == QubeClass.DispVM)
            DisposableInheritance.Apply(template, qube, context.Events);
        return qube;
    }

    private int AllocateDispid() =>
        numbers.NextDispid(byName.Values.Where(q => q.Class == QubeClass.DispVM).Select(q => q.Dispid).ToHashSet());

    /// <summary>Enters a qube into the indexes.</summary>
    public void Attach(Qube qube)
    {
        byName.Add(qube.Name, qube);
        byUuid.Add(qube.Uuid, qube);
        qids.Add(qube.Qid);
    }

    private Qube? TemplateFor(QubeRequest request)
    {
        switch (request.Class)
        {
            case QubeClass.AppVM:
                var template = request.Template ?? System.Get(SystemProperties.DefaultTemplate)
                    ?? throw new InvalidValueException("No template was named and the system has no default_template");
                return template.Class == QubeClass.TemplateVM
                    ? (Qube)template
                    : throw new InvalidValueException($"An AppVM needs a TemplateVM, and '{template.Name}' is none");
            case QubeClass.DispVM:
                var disposable = request.Template ?? System.Get(SystemProperties.DefaultDispvm)
                    ?? throw new InvalidValueException("No disposable template was named and the system has no default_dispvm");
                return ReferenceDeclarations.IsDisposableTemplate(disposable)
                    ? (Qube)disposable
                    : throw new InvalidValueException(
                        $"'{disposable.Name}' cannot be the base of a disposable: template_for_dispvms is not set on it");
            case QubeClass.TemplateVM or QubeClass.StandaloneVM or QubeClass.RemoteVM:
                return request.Template is null
                    ? null
                    : throw new ProtocolException($"A {request.Class} has no template; '{request.Template.Name}' was given");
            default:
                throw new InvalidValueException($"Qubes of class {request.Class} cannot be created");
        }
    }
}
