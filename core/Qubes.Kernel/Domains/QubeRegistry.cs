using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Kernel.Domains.Declarations;
using Qubes.Kernel.Domains.Labels;
using Qubes.Kernel.Domains.Properties;
using Qubes.Kernel.Domains.Volumes;
using Qubes.Sdk.Disposables;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Kernel.Domains;

/// <summary>All qubes, labels, pools and the system's properties.</summary>
internal sealed partial class QubeRegistry : IQubes
{
    private readonly SortedDictionary<string, Qube> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, Qube> byUuid = [];
    private readonly HashSet<int> qids = [];
    private readonly LabelTable labels;
    private readonly KernelContext context;
    private readonly QubeNumbers numbers;

    public QubeRegistry(KernelContext context)
    {
        this.context = context;
        numbers = new QubeNumbers(context.Time, context.Random);
        Storage = new PoolTable(context);
        labels = new LabelTable(context.State);
        System = new PropertyBag<QubeRegistry>(
            this, "the system", subject: null, SystemDeclarations.Table, this, context.Events, new SystemPropertyStore(context.State));
        AdminVm = new Qube(this, context, QubeClass.AdminVM, "dom0", qid: 0, Guid.Empty);
        byUuid.Add(AdminVm.Uuid, AdminVm);
    }

    public Qube AdminVm { get; }

    public PropertyBag<QubeRegistry> System { get; }

    public PoolTable Storage { get; }

    public IReadOnlyList<Label> Labels => labels.All;

    public IReadOnlyList<IStoragePool> Pools => Storage.All;

    public int Count => byName.Count + 1;

    /// <summary>Every qube but the host.</summary>
    public IEnumerable<Qube> Machines => byName.Values;

    /// <summary>Those whose netvm follows the system's default.</summary>
    public List<Qube> OnDefaultNetvm =>
        [.. Machines.Where(q => q.HasNetvm && q.Class != QubeClass.TemplateVM && q.Properties.IsDefault(QubeProperties.Netvm.Name))];

    IQube IQubes.AdminVm => AdminVm;

    IProperties IQubes.System => System;

    public bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IQube? qube)
    {
        if (nameOrUuid.StartsWith("uuid:", StringComparison.Ordinal))
            qube = byUuid.GetValueOrDefault(ParseUuid(nameOrUuid));
        else if (nameOrUuid == AdminVm.Name)
            qube = AdminVm;
        else
            qube = byName.GetValueOrDefault(nameOrUuid);
        return qube is not null;
    }

    public IQube Find(string nameOrUuid) =>
        TryFind(nameOrUuid, out var qube) ? qube : throw new QubeNotFoundException($"No such domain: '{nameOrUuid}'");

    public Qube? FindByUuid(Guid uuid) => byUuid.GetValueOrDefault(uuid);

    /// <summary>The label of that name, or of that index in text form, or <c>label-INDEX</c>.</summary>
    public Label FindLabel(string text) => labels.Find(text);

    public void RestoreLabel(Label label) => labels.Restore(label);

    public Label AddLabel(string name, string color) => labels.Add(name, color);

    public void RemoveLabel(Label label) =>
        labels.Remove(label, Machines.FirstOrDefault(q => q.Properties.Get(QubeProperties.Label) == label));

    /// <summary>The pool called <c>default</c>, else the one in the state directory, else the first.</summary>
    public string? DefaultPool =>
        (Storage.All.FirstOrDefault(p => p.Configuration.Name == "default")
            ?? Storage.All.FirstOrDefault(p => p.Configuration.Options.GetValueOrDefault("dir_path") == context.Paths.State)
            ?? (Storage.All is [var first, ..] ? first : null))?.Configuration.Name;

    /// <summary>The options that come with a kernel.</summary>
    public string DefaultKernelOptions(string kernel)
    {
        var file = Path.Combine(context.Paths.Kernels, kernel, "default-kernelopts-nopci.txt");
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "swiotlb=2048";
    }

    /// <summary>Accepts the name of a kernel whose directory holds <c>vmlinuz</c>.</summary>
    public string RequireKernel(string property, string kernel)
    {
        if (kernel.Contains('/') || kernel is "." or "..")
            throw new PropertyValueException($"Property '{property}' takes a directory name without '/', not '{kernel}'");
        return File.Exists(Path.Combine(context.Paths.Kernels, kernel, "vmlinuz"))
            ? kernel
            : throw new PropertyValueException(
                $"Property '{property}' takes the name of a kernel in {context.Paths.Kernels}, and '{kernel}' is none");
    }

    public Task<IStoragePool> AddPoolAsync(PoolConfiguration configuration, CancellationToken cancel) =>
        Storage.AddAsync(configuration, cancel);

    public Task RemovePoolAsync(IStoragePool pool, CancellationToken cancel) =>
        Storage.RemoveAsync((Pool)pool, () => QubeReferences.RequireUnused(pool, this), cancel);

    public void SetPoolOption(IStoragePool pool, string name, string value) => Storage.SetOption((Pool)pool, name, value);

    public IEnumerator<IQube> GetEnumerator() => byName.Values.Prepend(AdminVm).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static Guid ParseUuid(string text) =>
        Guid.TryParseExact(text.AsSpan("uuid:".Length), "D", out var uuid) && text == "uuid:" + uuid
            ? uuid
            : throw new InvalidUuidException($"Invalid UUID '{text}': 'uuid:' and groups of 8-4-4-4-12 lower-case digits are accepted");
}
