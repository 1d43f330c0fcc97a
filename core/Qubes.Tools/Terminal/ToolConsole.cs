using System.Text;

namespace Qubes.Tools.Terminal;

/// <summary>
/// The three standard streams. <see cref="Out"/> and <see cref="Error"/> are for a tool's own text; the raw streams are for the
/// data
/// of a call. Text for a terminal has its control characters escaped.
/// </summary>
internal sealed class ToolConsole : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public ToolConsole(Stream input, Stream output, Stream errors, bool outputIsTerminal = false, bool errorIsTerminal = false)
    {
        RawInput = input;
        RawOutput = output;
        RawError = errors;
        OutputIsTerminal = outputIsTerminal;
        ErrorIsTerminal = errorIsTerminal;
        Out = Writer(output, outputIsTerminal);
        var unbuffered = Writer(errors, errorIsTerminal);
        unbuffered.AutoFlush = true;
        Error = TextWriter.Synchronized(unbuffered);
    }

    public Stream RawInput { get; }

    public Stream RawOutput { get; }

    public Stream RawError { get; }

    public bool OutputIsTerminal { get; }

    public bool ErrorIsTerminal { get; }

    /// <summary>Buffered text on standard output; flushed when the applet returns.</summary>
    public StreamWriter Out { get; }

    /// <summary>Unbuffered text on standard error; what is written at the same time comes one after the other.</summary>
    public TextWriter Error { get; }

    public static ToolConsole FromProcess() => new(
        new DescriptorStream(0), new DescriptorStream(1), new DescriptorStream(2),
        DescriptorStream.IsTerminal(1), DescriptorStream.IsTerminal(2));

    public async Task FlushAsync()
    {
        await Out.FlushAsync();
        await Error.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Out.DisposeAsync();
        }
        catch (IOException e) when (BrokenPipe.Is(e))
        {
            // Reported when it was first met; what is still buffered has no reader.
        }
    }

    private static StreamWriter Writer(Stream stream, bool isTerminal) =>
        isTerminal ? new EscapingWriter(stream, Utf8) : new StreamWriter(stream, Utf8, bufferSize: -1, leaveOpen: true);
}
