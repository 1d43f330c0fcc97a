namespace Qubes.Integration.Tests.Sdk;

/// <summary>One of them builds at a time: there are two cores.</summary>
[CollectionDefinition(Name)]
public sealed class Strangers
{
    public const string Name = "strangers";
}
