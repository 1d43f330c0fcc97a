using System.Collections.Concurrent;
using Qubes.Conversion;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Converting;

/// <summary>
/// <c>qvm-convert-pdf FILE...</c>: each file in a disposable of its own, some at the same time. Results are <c>NAME.trusted.pdf</c>
/// beside the originals, which go to <c>~/QubesUntrustedPDFs</c>.
/// </summary>
internal sealed class ConvertPdfCommand : ICommand
{
    private const int DefaultDpi = 300;
    private const int LongestPassword = 1000;
    private const int MostJobs = 64;
    private const int MostJobsUnasked = 8;

    // --batch is upstream's, where pages are held in memory by the batch; here none is ever held.
    private static readonly string[] Options =
        ["--in-place|-i", "--archive|-a=", "--dpi|--resolution|-r=", "--jobs|-j=", "--batch|-b=", "--password|-p=", "--password-file="];

    public string Name => "qvm-convert-pdf";

    public string Usage => "[--in-place | --archive DIR] [--dpi N] [--jobs N] [--password-file FILE | --password TEXT] FILE...";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        var line = CommandLine.Parse(arguments, Options);
        if (line.Words.Count == 0)
            throw new UsageException("at least one file is needed");
        _ = line.Number("--batch", 1, int.MaxValue, otherwise: 50);
        var jobs = line.Number("--jobs", 1, MostJobs, otherwise: Math.Clamp(Environment.ProcessorCount, 1, MostJobsUnasked));
        var options = new PdfOptions(line.Number("--dpi", 75, 4800, DefaultDpi), Password(line, surroundings), Archive(line, surroundings));
        if (options.Password is not null)
            surroundings.Error.WriteLine($"{Name}: the results will not be encrypted");
        RefuseClashes(line.Words);
        using var interruption = new Interruption(cancellation);
        var failures = await ConvertAsync(line.Words, new PdfConversion(options, surroundings), jobs, surroundings, interruption.Token);
        return failures.Distinct().ToList() switch
        {
            [] => ExitCode.Success,
            // The same for all of them: no other file would have fared better.
            [(ExitCode.Refused or ExitCode.NotFound) and int status] => status,
            _ => ExitCode.Failure,
        };
    }

    private static string? Archive(CommandLine line, Surroundings surroundings)
    {
        if (line.Has("--in-place") && line.Has("--archive"))
            throw new UsageException("--in-place and --archive exclude each other");
        return line.Has("--in-place") ? null : line.Value("--archive") ?? Path.Combine(surroundings.Home, "QubesUntrustedPDFs");
    }

    private static string? Password(CommandLine line, Surroundings surroundings)
    {
        var password = line.Value("--password");
        if (line.Value("--password-file") is { } file)
        {
            using var reader = file == "-" ? new StreamReader(surroundings.Input) : new StreamReader(file);
            password = reader.ReadLine() ?? throw new CommandException("the password file is empty");
        }

        return password is null || (password.Length <= LongestPassword && !password.Contains('\n', StringComparison.Ordinal))
            ? password
            : throw new UsageException($"a password is one line of at most {LongestPassword} characters");
    }

    private static void RefuseClashes(IReadOnlyList<string> files)
    {
        var results = files.Select(PdfConversion.ResultOf).ToList();
        if (results.GroupBy(r => r, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new UsageException($"two of the files would become {SafeText.OneLine(twice.Key)}; convert them one by one");
        if (files.Select(Path.GetFullPath).FirstOrDefault(results.Contains) is { } input)
            throw new UsageException($"{SafeText.OneLine(input)} would be overwritten by a result");
    }

    /// <returns>Of each file that was not converted, the call's status, if that was the reason.</returns>
    private async Task<IReadOnlyCollection<int?>> ConvertAsync(
        IReadOnlyList<string> files, PdfConversion conversion, int jobs, Surroundings surroundings, CancellationToken cancellation)
    {
        var failures = new ConcurrentQueue<int?>();
        var turn = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancellation };
        await Parallel.ForEachAsync(files, parallel, async (file, cancel) =>
        {
            string told;
            try
            {
                var pages = await conversion.ConvertAsync(file, cancel);
                told = $"{pages} {(pages == 1 ? "page" : "pages")}, {PdfConversion.ResultOf(file)}";
            }
            catch (ConversionException refusal)
            {
                failures.Enqueue(refusal.Status);
                told = refusal.Message;
            }

            lock (turn)
                surroundings.Error.WriteLine($"{Name}: {SafeText.OneLine(file)}: {SafeText.OneLine(told)}");
        });
        return failures;
    }
}
