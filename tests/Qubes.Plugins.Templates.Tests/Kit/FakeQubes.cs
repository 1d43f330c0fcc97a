using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Qubes.Sdk.Domains;
using Qubes.Sdk.Errors;
using Qubes.Sdk.Storage;

namespace Qubes.Plugins.Templates.Tests.Kit;

/// <summary>A registry with volumes in a <see cref="FolderPool"/>.</summary>
internal sealed class FakeQubes : IQubes
{
    private readonly SortedDictionary<string, FakeQube> _qubes = new(StringComparer.Ordinal);

    public FakeQubes(string folder) => (Folder, Pool) = (Directory.CreateDirectory(folder).FullName, FolderPool.In(folder));

    public string Folder { get; }

    public IStoragePool Pool { get; }

    public IQube AdminVm { get; } = new FakeQube("dom0", QubeClass.AdminVM, null);

    public FakeProperties System { get; } = new();

    public IReadOnlyList<Label> Labels => throw new NotSupportedException();

    public IReadOnlyList<IStoragePool> Pools => [Pool];

    public int Count => _qubes.Count + 1;

    IProperties IQubes.System => System;

    public FakeQube this[string name] => _qubes[name];

    public string ImageOf(string qube, string volume) => FolderPool.PathOf(Folder, this[qube].Volumes.Single(v => v.Name == volume));

    public FakeQube Add(string name, QubeClass @class, IQube? template = null)
    {
        var qube = new FakeQube(name, @class, template);
        var origin = template?.Volumes.Single(v => v.Name == "root");
        qube.Volumes =
        [
            new Volume { Name = "root", Owner = qube, Pool = Pool, Vid = $"{name}/root", Size = origin?.Size ?? 10L << 30, SaveOnStop = origin is null, SnapOnStart = origin is not null, Source = origin },
            new Volume { Name = "private", Owner = qube, Pool = Pool, Vid = $"{name}/private", Size = 2L << 30, SaveOnStop = true },
        ];
        _qubes.Add(name, qube);
        return qube;
    }

    public bool TryFind(string nameOrUuid, [NotNullWhen(true)] out IQube? qube)
    {
        qube = _qubes.GetValueOrDefault(nameOrUuid);
        return qube is not null;
    }

    public IQube Find(string nameOrUuid) => _qubes[nameOrUuid];

    public Task<IQube> CreateAsync(QubeRequest request, CancellationToken cancel)
    {
        if (_qubes.ContainsKey(request.Name))
            throw new QubeExistsException("exists");
        var qube = Add(request.Name, request.Class, request.Template);
        qube.Properties.Set(new PropertyKey<string>("label"), request.Label);
        return Task.FromResult<IQube>(qube);
    }

    public Label AddLabel(string name, string color) => throw new NotSupportedException();

    public void RemoveLabel(Label label) => throw new NotSupportedException();

    public Task<IStoragePool> AddPoolAsync(PoolConfiguration configuration, CancellationToken cancel) => throw new NotSupportedException();

    public Task RemovePoolAsync(IStoragePool pool, CancellationToken cancel) => throw new NotSupportedException();

    public void SetPoolOption(IStoragePool pool, string name, string value) => throw new NotSupportedException();

    public Task RemoveAsync(IQube qube, CancellationToken cancel)
    {
        _qubes.Remove(qube.Name);
        return Task.CompletedTask;
    }

    public IEnumerator<IQube> GetEnumerator() => _qubes.Values.Prepend(AdminVm).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
