using System.Text;

namespace Qubes.Tools.Terminal;

/// <summary>Writes to a terminal: everything that passes has its control characters escaped.</summary>
internal sealed class EscapingWriter(Stream stream, Encoding encoding) : StreamWriter(
    stream, encoding, bufferSize: -1, leaveOpen: true)
{
    public override void Write(char value) => base.Write(SafeText.Escape(value.ToString()));

    public override void Write(string? value) => base.Write(value is null ? null : SafeText.Escape(value));

    public override void WriteLine(string? value) => base.WriteLine(value is null ? null : SafeText.Escape(value));

    public override void Write(char[] buffer, int index, int count) => Write(new ReadOnlySpan<char>(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => base.Write(SafeText.Escape(buffer.ToString()));
}
