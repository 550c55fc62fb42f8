"""The Core ML files: conversion, and an interpreter of the saved file."""
