namespace Qubes.Plugins.FileConversion.Tests.Running;

/// <summary>What a service call gave.</summary>
internal sealed record GuestAnswer(int Status, byte[] Output, string Errors);
