using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;
using Qubes.Kernel.Domains;
using Qubes.Kernel.Interchange;
using Qubes.Kernel.Interchange.Export;
using Qubes.Kernel.Interchange.Import;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Kernel.Startup;
using Qubes.Kernel.Store;
using Qubes.Kernel.Tests.Domains;
using Qubes.Kernel.Tests.Store;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Events;
using Qubes.Sdk.Hosting;

namespace Qubes.Kernel.Tests.Interchange;

/// <summary>A state file, and imports into it without a daemon around.</summary>
internal sealed class ImportBench : IAsyncDisposable
{
    private readonly StateDirectory directory = new();

    public ImportBench() => Store = directory.Open();

    public StateStore Store { get; private set; }

    public QubesPaths Paths { get; } = new("/nowhere/root", "/usr");

    /// <summary>Imports and commits, as the kernel loop does at the end of a turn.</summary>
    public ImportReport Import(string xml)
    {
        var report = Import(DocumentReader.Read(Sample.Stream(xml)), keeps: true);
        Store.Commit();
        return report;
    }

    /// <summary>Everything but the writing.</summary>
    public ImportReport Check(Stream xml) => Import(DocumentReader.Read(xml), keeps: false);

    public string Export(params IReadOnlyList<IBackupFilter> filters)
    {
        using var output = new MemoryStream();
        DocumentWriter.Write(new Exporter(Store.Load(), Paths, filters).Export(), output);
        return System.Text.Encoding.UTF8.GetString(output.ToArray());
    }

    /// <summary>What a new process finds.</summary>
    public async Task<IReadOnlyList<string>> ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = directory.Open();
        return StateText.Of(Store.Load());
    }

    /// <summary>The domain model that a daemon would make of a state.</summary>
    public QubeRegistry Loaded(StoredState state)
    {
        var context = Context(new MemoryState());
        var qubes = new QubeRegistry(context);
        new StateLoader(qubes, context).Load(state);
        return qubes;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        directory.Dispose();
    }

    private ImportReport Import(Document document, bool keeps)
    {
        var context = Context(Store);
        return new Importer(new QubeRegistry(context), context, Store).Import(document, keeps);
    }

    private KernelContext Context(IStateWriter state) => new(
        Substitute.For<IKernelLoop>(), Substitute.For<IEventBus>(), state, new World(), Paths, TimeProvider.System, new Random(1),
        new KernelOptions("none"), NullLoggerFactory.Instance);
}
