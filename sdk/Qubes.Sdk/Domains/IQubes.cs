using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Sdk.Domains;

/// <summary>What a new qube is to be.</summary>
public sealed record QubeRequest(QubeClass Class, string Name, string Label)
{
    /// <summary>The template; null takes the system default for the class, where the class has one.</summary>
    public IQube? Template { get; init; }

    /// <summary>The qube that asked; becomes the tag <c>created-by-NAME</c>. Null: the host.</summary>
    public IQube? CreatedBy { get; init; }

    /// <summary>One pool for all volumes that are not snapshots; null: the system defaults.</summary>
    public string? Pool { get; init; }

    /// <summary>Pools of single volumes by volume name; not together with <see cref="Pool"/>.</summary>
    public IReadOnlyDictionary<string, string> VolumePools { get; init; } = new Dictionary<string, string>();
}

/// <summary>All qubes, labels, pools and the system's properties. Used on the kernel loop.</summary>
public interface IQubes : IReadOnlyCollection<IQube>
{
    /// <summary>The host's own entry, <c>dom0</c>.</summary>
    IQube AdminVm { get; }

    /// <summary>The system properties (spec: domain model, section 4).</summary>
    IProperties System { get; }

    /// <summary>Known labels in index order.</summary>
    IReadOnlyList<Label> Labels { get; }

    /// <summary>Known storage pools.</summary>
    IReadOnlyList<IStoragePool> Pools { get; }

    /// <summary>Adds a label with the next free index, at least 9.</summary>
    /// <param name="name">Characters <c>A-Za-z0-9-_.</c>, not digits alone.</param>
    /// <param name="color">Text <c>0xrrggbb</c>, lower-case digits.</param>
    /// <exception cref="InvalidLabelException">The name is malformed.</exception>
    /// <exception cref="InvalidLabelValueException">The colour is malformed.</exception>
    /// <exception cref="LabelInUseException">The name is taken.</exception>
    Label AddLabel(string name, string color);

    /// <summary>Removes a label.</summary>
    /// <exception cref="ProtocolException">It is built in.</exception>
    /// <exception cref="LabelInUseException">A qube wears it.</exception>
    void RemoveLabel(Label label);

    /// <summary>Adds a pool and opens it.</summary>
    /// <exception cref="PoolInUseException">The name is taken.</exception>
    /// <exception cref="StorageException">The driver refuses it.</exception>
    /// <exception cref="QubesException">No such driver, or an option is missing or unknown.</exception>
    Task<IStoragePool> AddPoolAsync(PoolConfiguration configuration, CancellationToken cancel);

    /// <summary>Forgets a pool; its files stay.</summary>
    /// <exception cref="PoolInUseException">A volume lives in it, or a system property names it.</exception>
    Task RemovePoolAsync(IStoragePool pool, CancellationToken cancel);

    /// <summary>Changes an option that needs no reopening: <c>revisions_to_keep</c> or <c>ephemeral_volatile</c>.</summary>
    void SetPoolOption(IStoragePool pool, string name, string value);

    /// <summary>The qube of that name, or <c>uuid:…</c>.</summary>
    bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IQube? qube);

    /// <summary>The qube of that name, or <c>uuid:…</c>.</summary>
    /// <exception cref="QubeNotFoundException">There is none.</exception>
    /// <exception cref="InvalidUuidException">It starts with <c>uuid:</c> and no UUID follows.</exception>
    IQube Find(string nameOrUuid);

    /// <summary>Makes a qube and its volumes; on failure nothing of it stays.</summary>
    /// <exception cref="QubeExistsException">The name is taken.</exception>
    /// <exception cref="InvalidValueException">The name or the template is not allowed.</exception>
    /// <exception cref="LabelNotFoundException">No such label.</exception>
    Task<IQube> CreateAsync(QubeRequest request, CancellationToken cancel);

    /// <summary>Deletes a halted qube, its volumes and every trace of its state.</summary>
    /// <exception cref="QubeInUseException">Something refers to it.</exception>
    /// <exception cref="QubeNotHaltedException">It is not halted.</exception>
    Task RemoveAsync(IQube qube, CancellationToken cancel);
}
