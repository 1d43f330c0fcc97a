using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.AdminApi.Tests.Kernel;

internal sealed class TestQubes : IQubes
{
    private readonly List<TestQube> qubes = [];

    public TestQubes()
    {
        Host = Add("dom0", QubeClass.AdminVM);
        Host.PowerState = PowerState.Running;
    }

    public TestQube Host { get; }

    public IQube AdminVm => Host;

    public TestProperties System { get; } = new();

    IProperties IQubes.System => System;

    public List<Label> Labels { get; } = [new(1, "red", "0xcc0000"), new(6, "blue", "0x3465a4")];

    IReadOnlyList<Label> IQubes.Labels => Labels;

    public List<IStoragePool> Pools { get; } = [];

    IReadOnlyList<IStoragePool> IQubes.Pools => Pools;

    public List<QubeRequest> Created { get; } = [];

    public int Count => qubes.Count;

    public TestQube Add(string name, QubeClass qubeClass = QubeClass.AppVM)
    {
        var qube = new TestQube(name, qubes.Count, qubeClass) { Host = qubes.FirstOrDefault() };
        qubes.Add(qube);
        return qube;
    }

    public Label AddLabel(string name, string color)
    {
        Labels.Add(new(9, name, color));
        return Labels[^1];
    }

    public void RemoveLabel(Label label) => Labels.Remove(label);

    /// <summary>What was done to pools, as words.</summary>
    public List<string> DoneToPools { get; } = [];

    public Task<IStoragePool> AddPoolAsync(PoolConfiguration configuration, CancellationToken cancel)
    {
        DoneToPools.Add($"add {configuration.Name} {configuration.Driver} "
            + string.Join(' ', configuration.Options.Select(o => $"{o.Key}={o.Value}")));
        return Task.FromResult(Pools[0]);
    }

    public Task RemovePoolAsync(IStoragePool pool, CancellationToken cancel)
    {
        DoneToPools.Add("remove " + pool.Configuration.Name);
        return Task.CompletedTask;
    }

    public void SetPoolOption(IStoragePool pool, string name, string value) =>
        DoneToPools.Add($"set {pool.Configuration.Name} {name}={value}");

    public bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IQube? qube) =>
        (qube = qubes.FirstOrDefault(q => q.Name == nameOrUuid || $"uuid:{q.Uuid}" == nameOrUuid)) is not null;

    public IQube Find(string nameOrUuid) => throw new NotSupportedException();

    public Task<IQube> CreateAsync(QubeRequest request, CancellationToken cancel)
    {
        if (qubes.Any(q => q.Name == request.Name))
            throw new QubeExistsException($"Domain exists: '{request.Name}'");
        Created.Add(request);
        return Task.FromResult<IQube>(Add(request.Name, request.Class));
    }

    public Task RemoveAsync(IQube qube, CancellationToken cancel)
    {
        qubes.Remove((TestQube)qube);
        return Task.CompletedTask;
    }

    public IEnumerator<IQube> GetEnumerator() => qubes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
