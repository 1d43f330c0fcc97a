using Qubes.Qrexec.Protocol;

namespace Qubes.Qrexec.Data;

/// <summary>A piece of a data message.</summary>
/// <param name="Type">One of the four data types.</param>
/// <param name="Bytes">Its bytes, within the buffer they were read into; empty only for an empty message.</param>
/// <param name="IsLast">The message ends with it.</param>
public readonly record struct DataPiece(MessageType Type, ReadOnlyMemory<byte> Bytes, bool IsLast);
