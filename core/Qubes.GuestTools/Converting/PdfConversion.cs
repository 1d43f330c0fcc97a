using System.Text;
using Qubes.Conversion;
using Qubes.Conversion.Files;
using Qubes.Conversion.Pdf;
using Qubes.Conversion.Pixels;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Converting;

/// <summary>
/// Turns one document into a PDF of pictures, in a disposable of its own (spec: conversion services, section 2). The original is
/// put away only after the result is in its place.
/// </summary>
internal sealed class PdfConversion(PdfOptions options, Surroundings surroundings)
{
    private const string Extension = ".trusted.pdf";

    /// <summary>Where the result of a document goes: beside it.</summary>
    public static string ResultOf(string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path) + Extension);

    /// <returns>The number of pages.</returns>
    /// <exception cref="ConversionException">It was not converted; the original is untouched.</exception>
    public async Task<int> ConvertAsync(string path, CancellationToken cancellation)
    {
        await using var document = InputFile.Open(path);
        await using var output = OutputFile.Create(ResultOf(path));
        var head = options.Password is null ? [] : Encoding.UTF8.GetBytes($"--password={options.Password}\n");
        var pages = await ConvertAsync(document, head, output, cancellation);
        PutAway(path);
        return pages;
    }

    private async Task<int> ConvertAsync(Stream document, byte[] head, OutputFile output, CancellationToken cancellation)
    {
        await using var call = ConverterCall.Start($"qubes.PdfConvert+{options.Dpi}", head, document, surroundings);
        try
        {
            var pdf = new PdfWriter(output.Stream, options.Dpi);
            var reader = new PixelStreamReader(call.Output, new PdfConvertDialect());
            var pages = await reader.ReadPageCountAsync(cancellation);
            for (var page = 0; page < pages; page++)
            {
                var size = await reader.ReadPageSizeAsync(cancellation);
                await pdf.AddPageAsync(size, sink => reader.CopyPixelsAsync(size, sink, cancellation), cancellation);
            }

            await reader.ExpectEndAsync(surroundings.Clock, cancellation);
            await call.ExpectSuccessAsync(cancellation);
            await call.SentAsync().WaitAsync(cancellation);
            await pdf.FinishAsync(cancellation);
            await output.KeepAsync(cancellation);
            return pages;
        }
        catch (AnswerCutShortException cut)
        {
            await call.ExpectSuccessAsync(cancellation);
            throw new ConversionException(cut.Message, cause: cut);
        }
        catch (GuestViolationException violation)
        {
            throw new ConversionException(violation.Message, cause: violation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConversionException(FileFailure.Describe(failure), cause: failure);
        }
    }

    private void PutAway(string path)
    {
        try
        {
            if (options.Archive is not { } archive)
            {
                File.Delete(path);
                return;
            }

            Directory.CreateDirectory(archive, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(path, FreeName(archive, Path.GetFileName(path)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConversionException($"is converted, but the original stays: {FileFailure.Describe(failure)}", cause: failure);
        }
    }

    private static string FreeName(string folder, string name) => Enumerable.Range(0, int.MaxValue)
        .Select(n => Path.Combine(folder, n == 0 ? name : $"{Path.GetFileNameWithoutExtension(name)}.{n}{Path.GetExtension(name)}"))
        .First(path => !Path.Exists(path));
}
