using Qubes.Daemon.Configuration;
using Qubes.Daemon.Hosting;
using Qubes.Daemon.Logging;
using Qubes.Kernel.Interchange.Export;
using Qubes.Kernel.Interchange.Import;
using Qubes.Kernel.Interchange.Xml;
using Qubes.Sdk.Backups;
using Qubes.Sdk.Errors;

namespace Qubes.Daemon.Interchange;

/// <summary>One run of <c>qubesd-import</c>.</summary>
internal sealed class InterchangeRun(InterchangeOptions options, Surroundings around)
{
    private const int LongestLine = 400;

    private string StateFile => around.Paths.State + "/state.db";

    /// <returns>The exit code: 0, or 1 after a line that says what was refused.</returns>
    public async Task<int> RunAsync()
    {
        try
        {
            await (options.Exports ? ExportAsync() : ImportAsync());
            return 0;
        }
        catch (Exception e) when (e is QubesException or IOException or UnauthorizedAccessException)
        {
            Say(e.Message);
            return 1;
        }
    }

    private async Task ImportAsync()
    {
        var document = Read();
        var isNew = !File.Exists(StateFile);
        if (!options.IsDry)
            Directories.Prepare(around.Paths);
        // Without a state there is nothing that a dry run could leave as it is.
        using var scratch = options.IsDry && isNew ? new ScratchDirectory() : null;
        ImportReport report;
        await using (var kernel = new InterchangeKernel(around, scratch is null ? StateFile : scratch.Path + "/state.db"))
            report = await kernel.OnLoop(() => kernel.Importer.Import(document, keeps: !options.IsDry));
        foreach (var warning in report.Warnings)
            Say("warning: " + warning);
        foreach (var line in ImportSummary.Of(report, options.IsDry))
            await around.Output.WriteLineAsync(line);
    }

    private Qubes.Kernel.Interchange.Document Read()
    {
        try
        {
            using var file = File.OpenRead(options.File);
            return DocumentReader.Read(file);
        }
        catch (QubesException e)
        {
            throw new QubesException($"{options.File}: {e.Message}", e);
        }
    }

    private async Task ExportAsync()
    {
        if (!File.Exists(StateFile))
            throw new QubesException($"{StateFile} does not exist: there is no state to export; start the daemon once, or import a file");
        using var content = new MemoryStream();
        var configuration = ConfigurationFiles.Read(around.Paths.Configuration + "/qubesd.conf");
        await using (var kernel = new InterchangeKernel(around, StateFile, configuration))
        {
            var filters = await kernel.LoadExtensionsAsync<IBackupFilter>();
            var document = await kernel.OnLoop(() => new Exporter(kernel.Store.Load(), around.Paths, filters).Export());
            DocumentWriter.Write(document, content);
        }
        content.Position = 0;
        if (options.File == "-")
        {
            using var output = Console.OpenStandardOutput();
            await content.CopyToAsync(output);
            return;
        }
        await PlaceAsync(content);
    }

    // Under its name only when it is complete; it tells of every qube, so it is its owner's alone.
    private async Task PlaceAsync(Stream content)
    {
        var partial = options.File + ".partial";
        File.Delete(partial);
        await using (var file = new FileStream(partial, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            await content.CopyToAsync(file);
            file.Flush(flushToDisk: true);
        }
        File.Move(partial, options.File, overwrite: true);
    }

    private void Say(string text)
    {
        around.Error.Write(InterchangeCommandLine.Program + ": ");
        EscapedText.Write(around.Error, text.Length <= LongestLine ? text : text[..LongestLine] + "…");
        around.Error.WriteLine();
    }
}
