namespace Qubes.Policy.Evaluation;

/// <summary>What policy knows of a qube (spec: policy, section 9).</summary>
public interface IPolicyQube
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>36 characters, lower case; empty for a source that is no qube.</summary>
    string Uuid { get; }

    /// <summary>Its class, e.g. <c>AppVM</c>.</summary>
    string Type { get; }

    /// <summary>Whether disposables can be made of it.</summary>
    bool IsTemplateForDispvms { get; }

    /// <summary>What its <c>@dispvm</c> means; null for nothing.</summary>
    string? DefaultDispvm { get; }

    /// <summary>Whether its state is exactly <c>Running</c>.</summary>
    bool IsRunning { get; }

    /// <summary>The qube whose user is asked and told; null for none.</summary>
    string? GuiVm { get; }

    /// <summary>Whether it is kept out of questions.</summary>
    bool IsInternal { get; }

    /// <summary>The name of the icon it is shown with; null if unknown.</summary>
    string? Icon { get; }

    /// <summary>Of a remote qube: the local one that relays to it.</summary>
    string? RelayVm { get; }

    /// <summary>Of a remote qube: the service of its relay that calls go to.</summary>
    string? TransportRpc { get; }

    /// <summary>Whether it carries a tag.</summary>
    bool HasTag(string tag);
}
