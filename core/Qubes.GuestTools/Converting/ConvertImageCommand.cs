using System.Text;
using Qubes.Conversion;
using Qubes.Conversion.Files;
using Qubes.Conversion.Images;
using Qubes.Conversion.Pixels;
using Qubes.GuestTools.Commands;

namespace Qubes.GuestTools.Converting;

/// <summary>
/// <c>qvm-convert-img [TYPE:]IN OUT</c>: turns an untrusted image into pixels in a disposable, and these into a PNG (spec: conversion
/// services, section 3). Another format is made from the PNG, where GraphicsMagick is installed.
/// </summary>
internal sealed class ConvertImageCommand : ICommand
{
    public string Name => "qvm-convert-img";

    public string Usage => "[TYPE:]IN OUT";

    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Surroundings surroundings, CancellationToken cancellation)
    {
        if (CommandLine.Parse(arguments, []).Words is not [var input, var output])
            throw new UsageException("a file and a name for the result are needed");
        var format = ImageFormat.For(output, surroundings);
        var (line, path) = SourceOf(input);
        using var interruption = new Interruption(cancellation);
        try
        {
            await ConvertAsync(line, path, output, format, surroundings, interruption.Token);
            return ExitCode.Success;
        }
        catch (ConversionException refusal)
        {
            var status = refusal.Status is ExitCode.Refused or ExitCode.NotFound ? refusal.Status.Value : ExitCode.Failure;
            throw new CommandException($"{SafeText.OneLine(input)}: {SafeText.OneLine(refusal.Message)}", status);
        }
    }

    // "-" lets the converter find the type out by itself, which it cannot always do.
    private static (string Line, string Path) SourceOf(string input)
    {
        var colon = input.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || File.Exists(input) || !input[..colon].All(char.IsAsciiLetterOrDigit))
            return (Path.GetExtension(input).Equals(".svg", StringComparison.OrdinalIgnoreCase) ? "svg:-\n" : "-\n", input);
        return (input[..colon] + ":-\n", input[(colon + 1)..]);
    }

    private static async Task ConvertAsync(
        string line, string path, string result, ImageFormat format, Surroundings surroundings, CancellationToken cancellation)
    {
        await using var image = InputFile.Open(path);
        await using var output = OutputFile.Create(Path.GetFullPath(result));
        await using var call = ConverterCall.Start("qubes.GetImageRGBA", Encoding.ASCII.GetBytes(line), image, surroundings);
        try
        {
            var reader = new ImageStreamReader(call.Output);
            var size = await reader.ReadSizeAsync(cancellation);
            await format.WriteAsync(size, sink => reader.CopyPixelsAsync(size, sink, surroundings.Clock, cancellation), output.Stream, cancellation);
            await call.ExpectSuccessAsync(cancellation);
            await call.SentAsync().WaitAsync(cancellation);
            await output.KeepAsync(cancellation);
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
    }
}
